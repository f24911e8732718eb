import { defineTask, z } from "lido";

function isThere(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Runs beside a hostile task: it works until its gate, a file, is there. */
export default defineTask({
  name: "neighbour",
  description: "Runs until a file is there",
  input: z.strictObject({ gate: z.string() }),
  async run({ gate }, ctx) {
    await Deno.writeTextFile(`${gate}.here`, "");
    while (!isThere(gate)) await new Promise((resolve) => setTimeout(resolve, 5));
    return ctx.signal.aborted ? "stopped" : "untouched";
  },
});
