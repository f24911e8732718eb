import { defineTask, type TaskDefinition, z } from "lido";

const Input = z.strictObject({});

/** Hears no request to stop: only force ends it. */
const deaf: TaskDefinition<typeof Input> = defineTask({
  name: "deaf",
  description: "Goes on until its thread is ended",
  input: Input,
  run: () => new Promise(() => {}),
});
export default deaf;
