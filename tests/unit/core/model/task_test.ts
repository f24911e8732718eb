import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { TaskSubmission } from "../../../../core/model/task.ts";

const SUBMISSION = { poolId: "01890000-0000-7000-8000-000000000000", type: "sleep" };

Deno.test("TaskSubmission takes any JSON as input as it is, and none", () => {
  const input = { list: [1, "a", null, { deep: true }] };
  strictEqual(TaskSubmission.parse({ ...SUBMISSION, input }).input, input);
  strictEqual(TaskSubmission.parse({ ...SUBMISSION, input: null }).input, null);
  ok(!("input" in TaskSubmission.parse(SUBMISSION)));
});

Deno.test("TaskSubmission refuses an input that JSON cannot say, and names it", () => {
  const parsed = TaskSubmission.safeParse({ ...SUBMISSION, input: { at: new Date(0) } });
  deepStrictEqual(parsed.error?.issues.map(({ path, message }) => [path, message]), [
    [["input"], "Invalid: must be JSON"],
  ]);
});
