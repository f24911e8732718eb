/**
 * Looks at a journal's write-ahead file before SQLite does. SQLite takes a frame whose checksum is
 * wrong for the end of the file and drops all that follows in silence: right for a write that a crash
 * cut off, wrong for damage, for then commits that were acknowledged would be gone without a word.
 *
 * A frame's checksum goes on from the one before it, so after a damaged frame the ones behind it
 * still check if they are computed from the checksum that the damaged one *bears*. Frames of an
 * earlier round of the file have other salts and end the list, as do the zeros that are kept ahead. A
 * power cut may leave one such frame among those of the commit that it cut off: that one's end does
 * not count. What cannot be told from a crash here is damage within the very last commit, and a file
 * that was cut: the ledger tells that.
 *
 * While there are commits in it, SQLite takes the size of the main file from them, and reads what
 * that was cut off by as zeros: so each page that is in neither file is missed here.
 *
 * @see https://www.sqlite.org/fileformat2.html#walformat
 */
import { closeSync, existsSync, openSync, readSync, statSync } from "node:fs";
import { LidoError } from "../../../model/errors.ts";

/** What stands before the frames. */
export const HEADER_BYTES = 32;
/** What stands before the page of each frame. */
export const FRAME_HEADER_BYTES = 24;
const MAGIC_LITTLE = 0x377f0682;
const MAGIC_BIG = 0x377f0683;

/** SQLite's lock is on this byte of a file; the page around it is never written. */
const LOCK_BYTE = 0x40000000;

/** What there is in a write-ahead file. */
interface Walked {
  /** Commits that stand behind the first frame that is wrong. */
  readonly lost: number;
  readonly pageBytes: number;
  /** Pages of the journal as of the last commit that counts; 0 when there is none. */
  readonly pages: number;
  /** Those that are in commits that count. */
  readonly written: ReadonlySet<number>;
}

/** @throws {LidoError} `journal_corrupt` if commits stand behind damage, or the main file was cut. */
export function checkWal(journalPath: string): void {
  const path = `${journalPath}-wal`;
  if (!existsSync(path)) return;
  const file = openSync(path, "r");
  try {
    const walked = walk(file);
    if (walked.lost > 0) {
      throw damagedError(path, `it is damaged, and ${walked.lost} commits stand behind the damage`);
    }
    const missing = countMissing(walked, statSync(journalPath).size);
    if (missing === 0) return;
    throw damagedError(
      journalPath,
      `it was cut: ${missing} of its ${walked.pages} pages are missing`,
    );
  } finally {
    closeSync(file);
  }
}

/** Pages that are in neither file. */
function countMissing({ pageBytes, pages, written }: Walked, mainBytes: number): number {
  let missing = 0;
  const lockPage = Math.floor(LOCK_BYTE / pageBytes) + 1;
  for (let page = Math.floor(mainBytes / pageBytes) + 1; page <= pages; page++) {
    if (page !== lockPage && !written.has(page)) missing++;
  }
  return missing;
}

function walk(file: number): Walked {
  const nothing = { lost: 0, pageBytes: 1, pages: 0, written: new Set<number>() };
  const header = read(file, HEADER_BYTES, 0);
  if (header === undefined) return nothing;
  const magic = header.getUint32(0);
  // Zeros: the file was begun, and nothing was written to it.
  if (magic === 0 && header.getUint32(16) === 0) return nothing;
  if (magic !== MAGIC_LITTLE && magic !== MAGIC_BIG) return { ...nothing, lost: countAny(file) };
  const isLittle = magic === MAGIC_LITTLE;
  const pageBytes = header.getUint32(8);
  const headerSum = sum(header, 0, 24, [0, 0], isLittle);
  if (headerSum[0] !== header.getUint32(24) || headerSum[1] !== header.getUint32(28)) {
    return { ...nothing, lost: countAny(file) };
  }
  const frameBytes = FRAME_HEADER_BYTES + pageBytes;
  const salts = [header.getUint32(16), header.getUint32(20)] as const;
  let before: readonly [number, number] = headerSum;
  let isDamaged = false;
  /** The first damage is a frame that was never written: the commit around it is cut off. */
  let isCutOff = false;
  let lost = 0;
  let pages = 0;
  const written = new Set<number>();
  let uncommitted: number[] = [];
  for (let at = HEADER_BYTES;; at += frameBytes) {
    const frame = read(file, frameBytes, at);
    if (frame === undefined) return { lost, pageBytes, pages, written };
    const itsSalts = [frame.getUint32(8), frame.getUint32(12)];
    const isOurs = itsSalts[0] === salts[0] && itsSalts[1] === salts[1];
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
      if (!isOurs && isDamaged) return { lost, pageBytes, pages, written };
      // A bit that flipped is in one of the salts; in another round both are others.
      isCutOff ||= !isDamaged && itsSalts[0] !== salts[0] && itsSalts[1] !== salts[1];
      isDamaged = true;
    } else if (!isDamaged) {
      uncommitted.push(frame.getUint32(0));
      if (frame.getUint32(4) > 0) {
        pages = frame.getUint32(4);
        for (const page of uncommitted) written.add(page);
        uncommitted = [];
      }
    } else if (frame.getUint32(4) > 0) {
      if (!isCutOff) lost++;
      isCutOff = false;
    }
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

function damagedError(path: string, reason: string): LidoError {
  return new LidoError(
    "journal_corrupt",
    `Cannot open journal ${path}: ${reason}; \`deno task restore\` puts a backup in its place`,
  );
}
