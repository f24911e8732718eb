/** Prints a measured figure: on standard error, where the results of tests do not go. */
export function report(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${text}\n`));
}
