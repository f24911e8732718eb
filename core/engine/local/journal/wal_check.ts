/**
 * Looks at a journal's write-ahead file before SQLite does. SQLite takes a frame whose checksum is
 * wrong for the end of the file and drops all that follows in silence: right for a write that a crash
 * cut off, wrong for damage, for then commits that were acknowledged would be gone without a word.
 *
 * A frame's checksum goes on from the one before it, so after a damaged frame the ones behind it
 * still check if they are computed from the checksum that the damaged one *bears*. Frames of an
 * earlier round of the file have other salts and end the list. What cannot be told from a crash is
 * damage within the very last commit.
 *
 * @see https://www.sqlite.org/fileformat2.html#walformat
 */
import { closeSync, existsSync, openSync, readSync } from "node:fs";
import { LidoError } from "../../../model/errors.ts";

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const MAGIC_LITTLE = 0x377f0682;
const MAGIC_BIG = 0x377f0683;

/** @throws {LidoError} `journal_corrupt` if commits stand behind damage. */
export function checkWal(journalPath: string): void {
  const path = `${journalPath}-wal`;
  if (!existsSync(path)) return;
  const file = openSync(path, "r");
  try {
    const lost = countLost(file);
    if (lost === 0) return;
    throw new LidoError(
      "journal_corrupt",
      `Cannot open journal: ${path} is damaged, and ${lost} commits stand behind the damage; ` +
        "`deno task restore` puts a backup in its place",
    );
  } finally {
    closeSync(file);
  }
}

/** How many commits stand behind the first frame that is wrong. */
function countLost(file: number): number {
  const header = read(file, HEADER_BYTES, 0);
  if (header === undefined) return 0;
  const magic = header.getUint32(0);
  // Zeros: the file was begun, and nothing was written to it.
  if (magic === 0 && header.getUint32(16) === 0) return 0;
  if (magic !== MAGIC_LITTLE && magic !== MAGIC_BIG) return countAny(file);
  const isLittle = magic === MAGIC_LITTLE;
  const pageBytes = header.getUint32(8);
  const headerSum = sum(header, 0, 24, [0, 0], isLittle);
  if (headerSum[0] !== header.getUint32(24) || headerSum[1] !== header.getUint32(28)) {
    return countAny(file);
  }
  const frameBytes = FRAME_HEADER_BYTES + pageBytes;
  const salts = [header.getUint32(16), header.getUint32(20)] as const;
  let before: readonly [number, number] = headerSum;
  let isDamaged = false;
  let lost = 0;
  for (let at = HEADER_BYTES;; at += frameBytes) {
    const frame = read(file, frameBytes, at);
    if (frame === undefined) return lost;
    const isOurs = frame.getUint32(8) === salts[0] && frame.getUint32(12) === salts[1];
    const borne = [frame.getUint32(16), frame.getUint32(20)] as const;
    const own = sum(
      frame,
      FRAME_HEADER_BYTES,
      pageBytes,
      sum(frame, 0, 8, before, isLittle),
      isLittle,
    );
    const isWhole = isOurs && own[0] === borne[0] && own[1] === borne[1];
    if (!isWhole) {
      // An earlier round of the file; one frame of it says so, two are sure.
      if (!isOurs && isDamaged) return lost;
      isDamaged = true;
    } else if (isDamaged && frame.getUint32(4) > 0) lost++;
    before = borne;
  }
}

/** The header itself is damaged: any frame at all may be lost. */
function countAny(file: number): number {
  return read(file, 1, HEADER_BYTES) === undefined ? 0 : 1;
}

function read(file: number, bytes: number, at: number): DataView | undefined {
  const buffer = new Uint8Array(bytes);
  return readSync(file, buffer, 0, bytes, at) === bytes ? new DataView(buffer.buffer) : undefined;
}

/** SQLite's checksum of 8-byte steps, going on from an earlier one. */
function sum(
  view: DataView,
  from: number,
  bytes: number,
  [first, second]: readonly [number, number],
  isLittle: boolean,
): [number, number] {
  let [one, two] = [first, second];
  for (let at = from; at < from + bytes; at += 8) {
    one = (one + view.getUint32(at, isLittle) + two) >>> 0;
    two = (two + view.getUint32(at + 4, isLittle) + one) >>> 0;
  }
  return [one, two];
}
