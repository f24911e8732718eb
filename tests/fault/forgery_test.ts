/** Code that says what only Lido may say: nobody believes it. */
import { type HostileRow, testRows } from "./hostile_rig.ts";

const UNHEARD = [
  ...["post_message", "parent_port", "stolen_message", "write_fds", "read_fds"],
  ...["stream_of_fd", "open_fd", "raw_resources", "stdout", "broadcast"],
].map((how): HostileRow => ({ how, ends: "run_timeout", runTimeoutMs: 150 }));

testRows("forger", [
  ...UNHEARD,
  // Node's sockets reach the channel itself: what comes without the channel's key ends the thread.
  { how: "socket_of_fd", ends: "protocol_violation", runTimeoutMs: 5_000 },
]);
