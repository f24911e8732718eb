import { defineTask, z } from "lido";

export default defineTask({
  name: "echo",
  description: "Gives back what it is given",
  input: z.unknown(),
  run: (input) => input,
});
