import { setTimeout as wait } from "node:timers/promises";
import { defineTask, type TaskDefinition, z } from "lido";

const Input = z.strictObject({
  lines: z.int().min(0).meta({ description: "How many lines" }),
  pauseMs: z.int().min(0).default(0).meta({ description: "Between two lines" }),
});

/** Logs line by line. */
const chatter: TaskDefinition<typeof Input> = defineTask({
  name: "chatter",
  description: "Says what is to be said",
  input: Input,
  async run({ lines, pauseMs }, ctx) {
    for (let line = 0; line < lines; line++) {
      ctx.log.info(`line ${line}`);
      if (pauseMs > 0) await wait(pauseMs, undefined, { signal: ctx.signal });
    }
  },
});
export default chatter;
