import { defineTask, z } from "lido";

export default defineTask({
  name: "stamp",
  description: "Tells when its first statement ran, in epoch milliseconds with fractions",
  input: z.null(),
  run: () => performance.timeOrigin + performance.now(),
});
