import { defineTask, z } from "lido";

export default defineTask({
  name: "hold",
  description: "Counts itself in at gate[0] and blocks its thread until gate[1] is set",
  input: z.unknown(),
  run(gate) {
    if (gate instanceof Int32Array) {
      Atomics.add(gate, 0, 1);
      Atomics.wait(gate, 1, 0);
      return;
    }
    // Without shared memory it blocks until it is stopped.
    for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000);
  },
});
