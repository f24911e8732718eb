/** Code that changes what its thread shares: the task may pay for it, the next one finds all new. */
import { type HostileRow, testRows } from "./hostile_rig.ts";

const HARMLESS_TO_ITSELF = [
  ...["object_prototype", "object_prototype_hidden", "object_prototype_setter", "array_prototype"],
  ...["array_push", "array_iterator", "array_map", "global", "json", "json_parse", "promise_then"],
  ...["function_call", "map_get", "date_now", "performance_now", "set_timeout", "post_message"],
  ...["atomics", "console", "zod"],
].map((how): HostileRow => ({ how, ends: "completed", runTimeoutMs: 1_000 }));

testRows("polluter", HARMLESS_TO_ITSELF);
