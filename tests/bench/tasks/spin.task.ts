import { defineTask, z } from "lido";

export default defineTask({
  name: "spin",
  description: "Says that it runs, if it was given a flag to say it with, and never ends",
  input: z.unknown(),
  run(flag) {
    if (flag instanceof Int32Array) Atomics.store(flag, 0, 1);
    for (;;);
  },
});
