/** The self-test's own task type; it is not in the registry. */
import { defineTask, z } from "lido";

export default defineTask({
  name: "self_test_loop",
  description: "Ends at once, or never",
  input: z.object({ endless: z.boolean() }),
  run({ endless }) {
    while (endless);
  },
});
