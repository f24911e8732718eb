/** Code that changes what its thread shares: the task may pay for it, the next one finds all new. */
import { testRows } from "./hostile_rig.ts";

const COMPLETED = [
  ...["object_prototype", "object_prototype_hidden", "object_prototype_setter", "array_prototype"],
  ...["array_iterator", "array_map", "global", "json_parse", "promise_then", "map_get"],
  ...["date_now", "set_timeout", "post_message"],
].map((how) => ({ how, ends: "completed" }));

testRows("polluter", [
  ...COMPLETED,
  // What Lido itself needs to tell the outcome is broken: the attempt ends by its time limit.
  { how: "array_push", ends: "run_timeout", runTimeoutMs: 300 },
  { how: "function_call", ends: "run_timeout", runTimeoutMs: 300 },
  { how: "atomics", ends: "run_timeout", runTimeoutMs: 300 },
  // What it makes Lido's own code say is no outcome.
  { how: "json", ends: "protocol_violation" },
]);
