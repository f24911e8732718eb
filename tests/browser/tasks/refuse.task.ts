import { defineTask, type TaskDefinition, z } from "lido";

const Input = z.strictObject({
  reason: z.string().max(2_000).meta({ description: "What the error says" }),
});
const Output = z.null();

/** Fails with the reason that it was given. */
const refuse: TaskDefinition<typeof Input, typeof Output> = defineTask({
  name: "refuse",
  description: "Fails, and says why",
  input: Input,
  output: Output,
  examples: [{ reason: "No address" }],
  run({ reason }, ctx) {
    ctx.log.warning(`About to fail: ${reason}`);
    throw new RangeError(reason);
  },
});
export default refuse;
