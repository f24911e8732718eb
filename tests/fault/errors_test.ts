/** Code that throws whatever can be thrown, from wherever it can be: its own task fails, and says why. */
import { type HostileRow, testRows } from "./hostile_rig.ts";

const SYNC = [
  ...["error", "text", "nothing", "null", "number", "symbol", "big_integer", "function"],
  ...["hostile_getters", "cyclic_cause", "cyclic_object", "proxy", "revoked_proxy"],
  ...["long_message", "not_a_text_message", "aggregate"],
].map((value) => `sync.${value}`);

const ESCAPED = ["async", "rejection", "timer", "microtask", "listener", "report"].flatMap((road) =>
  ["error", "nothing", "null", "text", "hostile_getters"].map((value) => `${road}.${value}`)
);

testRows("thrower", [
  ...[...SYNC, ...ESCAPED].map((how): HostileRow => ({ how, ends: "task_error" })),
  { how: "sync.endless_to_string", ends: "run_timeout", runTimeoutMs: 100 },
  { how: "rejection.endless_to_string", ends: "run_timeout", runTimeoutMs: 100 },
]);
