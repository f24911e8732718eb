import { defineTask, type TaskDefinition, z } from "lido";

const Input = z.strictObject({
  left: z.int().meta({ description: "The first number" }),
  right: z.int().default(1).meta({ description: "The second number" }),
});
const Output = z.object({ sum: z.int() });

/** Ends at once, and logs a line. */
const add: TaskDefinition<typeof Input, typeof Output> = defineTask({
  name: "add",
  description: "Adds two numbers",
  input: Input,
  output: Output,
  examples: [{ left: 2, right: 3 }],
  run({ left, right }, ctx) {
    ctx.log.info(`Adding ${left} and ${right}`);
    return { sum: left + right };
  },
});
export default add;
