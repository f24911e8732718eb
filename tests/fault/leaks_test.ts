/** Code that leaves things open: its thread is replaced, and they go with it. */
import { type HostileRow, testRows } from "./hostile_rig.ts";

/** What the thread does not see (docs/isolation.md): these stay, and must do no harm. */
const UNSEEN = ["file_of_node", "server_of_node"];

testRows(
  "leaker",
  [
    ...["timeout", "interval", "busy_interval", "file", "file_of_node", "listener", "server"],
    ...["server_of_node", "worker", "looping_worker", "many_workers", "broadcast_channel"],
    ...["signal_listener"],
  ].map((how): HostileRow => ({ how, ends: "completed", isReplaced: !UNSEEN.includes(how) })),
);
