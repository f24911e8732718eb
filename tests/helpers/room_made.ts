/** Waits until a server has made room in its journal's write-ahead file: that has fsyncs of its own. */
import { statfsSync, statSync } from "node:fs";
import { join } from "node:path";
import { PAGE_BYTES } from "../../core/engine/local/journal/schema.ts";
import { until } from "./until.ts";

/** Room that it makes, if the disk has it to spare; see `wal_room.ts`. */
const ROOM_BYTES = 2_048 * PAGE_BYTES;
const SPARE = 64;

/** See the head of this file. */
export async function roomIsMade(data: string): Promise<void> {
  const { bavail, bsize } = statfsSync(data);
  if (bavail * bsize < SPARE * ROOM_BYTES) return;
  const wal = join(data, "journal.sqlite-wal");
  await until("there is room in the write-ahead file", () => statSync(wal).size >= ROOM_BYTES);
}
