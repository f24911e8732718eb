/**
 * Leaves a note that a hostile task's own code has begun, in a folder that its pool may write. Where it
 * may not, nobody asks: this is for those that a time limit ends, which must have done their worst before.
 */
export function noteBegun(folder: string): void {
  try {
    Deno.writeTextFileSync(`${folder}/begun`, "");
  } catch {
    // see above
  }
}
