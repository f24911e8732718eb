import { defineTask, z } from "lido";

export default defineTask({
  name: "busy",
  description: "Computes for so long without a pause",
  input: z.strictObject({ ms: z.int() }),
  run({ ms }) {
    const end = performance.now() + ms;
    while (performance.now() < end);
  },
});
