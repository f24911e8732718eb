import { defineTask, z } from "lido";

export default defineTask({
  name: "noop",
  description: "Does nothing",
  input: z.unknown(),
  run() {},
});
