/** Code that ends the thread or process it runs in: noticed at once, and told for what it is. */
import { type HostileRow, testRows } from "./hostile_rig.ts";

const EXITS = [
  ...["exit_0", "exit_7", "process_exit", "really_exit", "exit_in_timer", "exit_after_await"],
  ...["exit_99", "exit_133", "self_close"],
].map((how): HostileRow => ({ how, ends: "thread_exited" }));

const SIGNALS = ["sigkill", "sigkill_by_process", "sigterm", "sigint", "sighup", "sigquit"]
  .concat("sigsegv", "sigabrt")
  .map((how): HostileRow => ({ how, ends: "thread_killed", says: /SIG/ }));

testRows("dying", [
  ...EXITS,
  ...SIGNALS,
  { how: "self_close_and_loop", ends: "thread_exited" },
  { how: "sigstop", ends: "run_timeout", runTimeoutMs: 2_000 },
  // Without a limit it is the child's silence that tells.
  { how: "sigstop", ends: "thread_killed", says: /answering/ },
  { how: "abort", ends: "task_error" },
  { how: "sigpipe", ends: "completed" },
  { how: "kill_server", ends: "task_error", says: /run/ },
  { how: "kill_group", ends: "task_error", says: /run/ },
  { how: "stack_overflow", ends: "task_error", says: /call stack/ },
]);
