/** Code that leaves things open: its thread is replaced, and they go with it. */
import { type HostileRow, testRows } from "./hostile_rig.ts";

testRows(
  "leaker",
  [
    ...["timeout", "interval", "busy_interval", "file", "file_of_node", "listener", "server"],
    ...["server_of_node", "worker", "looping_worker", "many_workers", "broadcast_channel"],
    ...["signal_listener"],
  ].map((how): HostileRow => ({ how, ends: "completed" })),
);
