import { appendFileSync } from "node:fs";
import { defineTask, z } from "lido";

export default defineTask({
  name: "noted_run",
  description: "Notes in a file outside of Lido that it ran, and takes a moment",
  input: z.object({ file: z.string(), waitMs: z.number() }),
  async run({ file, waitMs }, ctx) {
    appendFileSync(file, `${JSON.stringify([ctx.taskId, ctx.attempt, Date.now()])}\n`);
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  },
});
