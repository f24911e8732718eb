import { setTimeout as wait } from "node:timers/promises";
import { defineTask, type TaskDefinition, z } from "lido";

const SECONDS_MAX = 86_400;
/** How often progress is told: a hundred times in all, but not oftener or rarer than this. */
const TICK_MIN_MS = 100;
const TICK_MAX_MS = 1_000;

const Input = z.strictObject({
  seconds: z.number().min(0).max(SECONDS_MAX).meta({
    description: "How long to wait; fractions are allowed",
  }),
});
const Output = z.string();

/** Waits: to see how a pool behaves without giving it work. */
const sleep: TaskDefinition<typeof Input, typeof Output> = defineTask({
  name: "sleep",
  description: "Waits for some seconds, and can be stopped at any time",
  input: Input,
  output: Output,
  examples: [{ seconds: 5 }, { seconds: 0.25 }],
  async run({ seconds }, ctx) {
    const totalMs = seconds * 1_000;
    const tickMs = Math.min(Math.max(totalMs / 100, TICK_MIN_MS), TICK_MAX_MS);
    const startedMs = performance.now();
    for (let doneMs = 0; doneMs < totalMs; doneMs = performance.now() - startedMs) {
      ctx.progress(doneMs / 1_000, seconds);
      await wait(Math.min(tickMs, totalMs - doneMs), undefined, { signal: ctx.signal });
    }
    ctx.progress(seconds, seconds);
    return `Task completed after ${seconds} seconds`;
  },
});
export default sleep;
