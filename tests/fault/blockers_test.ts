/** Code that holds its thread for ever: its own task is ended, by force, and nothing else. */
import { type HostileRow, testRows } from "./hostile_rig.ts";

const FOR_EVER = [
  ...["loop", "regular_expression", "atomics_wait", "wasm", "microtasks", "queue_microtask"],
  ...["promise_chain", "proxy_getter", "finally_loop", "generator", "busy_interval"],
  ...["never_settles", "deaf_to_signal", "big_sort", "big_integer", "sqlite", "pbkdf2"],
  ...["fifo_open", "fifo_read", "stdin_read"],
].map((how): HostileRow => ({ how, ends: "run_timeout", runTimeoutMs: 100 }));

testRows("blocker", [
  ...FOR_EVER,
  // Tasks may start no process: it ends at once, with the reason.
  { how: "output_sync", ends: "task_error", says: /run/ },
]);
