/** Results that cannot be sent: their own task fails, and what it gave goes nowhere. */
import { testRows } from "./hostile_rig.ts";

testRows("odd_result", [
  { how: "nothing", ends: "completed" },
  { how: "function", ends: "result_unserializable", says: /function/ },
  { how: "symbol", ends: "result_unserializable", says: /symbol/ },
  { how: "big_integer", ends: "result_unserializable", says: /BigInt/ },
  { how: "cyclic", ends: "result_unserializable", says: /circular/ },
  { how: "to_json_throws", ends: "result_unserializable", says: /not today/ },
  { how: "to_json_gives_nothing", ends: "result_unserializable" },
  { how: "to_json_never_ends", ends: "run_timeout", runTimeoutMs: 100 },
  { how: "to_json_exits", ends: "thread_exited" },
  { how: "getter_throws", ends: "result_unserializable", says: /not today/ },
  { how: "getter_never_ends", ends: "run_timeout", runTimeoutMs: 100 },
  { how: "then_throws", ends: "task_error", says: /not today/ },
  { how: "then_never_settles", ends: "run_timeout", runTimeoutMs: 100 },
  { how: "then_settles_twice", ends: "completed" },
  { how: "revoked_proxy", ends: "task_error", says: /proxy/i },
  { how: "deep", ends: "completed", isLarge: true },
  { how: "long_text", ends: "result_too_large", says: /200000002 characters/ },
  { how: "long_array", ends: "result_too_large" },
  { how: "a_little_too_long", ends: "result_too_large" },
  { how: "a_megabyte", ends: "completed", isLarge: true },
], { memory_mb: 1_024 });
