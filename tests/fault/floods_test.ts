/** Code that says far too much: what nobody could read is dropped, and the server stays as it was. */
import { testRows } from "./hostile_rig.ts";

const COMPLETED = [
  ...["console", "console_yielding", "log", "long_line", "progress", "progress_notes"],
  ...["odd_metrics", "metrics", "post_message", "post_message_yielding", "broadcast"],
  ...["stdout", "stdout_by_node", "stderr"],
].map((how) => ({ how, ends: "completed" }));

testRows("flood", [
  ...COMPLETED,
  { how: "odd_progress", ends: "task_error" },
  { how: "stderr_for_ever", ends: "run_timeout", runTimeoutMs: 500 },
  { how: "log_for_ever", ends: "run_timeout", runTimeoutMs: 500 },
  // Nobody listens to what it posts: it waits in the child, until that is full, or so busy with it
  // that it answers no more.
  { how: "post_message_for_ever", ends: "out_of_memory", orEnds: "thread_killed" },
], { memory_mb: 384 });
