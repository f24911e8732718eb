/**
 * A row of the history as it is written: whole numbers one after the other, each in as many bytes as
 * it needs. Of histograms the distances between buckets are written: most are 1, so a bucket takes
 * two or three bytes. Lists say how long they are: a later version may write longer ones.
 */
import type { SparseCounts } from "../../execution/histogram.ts";
import type { HistoryRow } from "./history_row.ts";

/** The form that is written. */
const FORM = 1;

/** A row as it is written. */
export function writeHistoryRow(row: HistoryRow): Uint8Array {
  const bytes: number[] = [];
  for (const value of [FORM, row.samples, row.coveredMs, row.busyMs]) write(bytes, value);
  for (const list of [row.counts, row.sums, row.maxes]) {
    write(bytes, list.length);
    for (const value of list) write(bytes, value);
  }
  for (const counts of [row.wait, row.run]) {
    write(bytes, counts.length / 2);
    for (let at = 0; at < counts.length; at += 2) {
      write(bytes, (counts[at] ?? 0) - (counts[at - 2] ?? 0));
      write(bytes, counts[at + 1] ?? 0);
    }
  }
  return Uint8Array.from(bytes);
}

/** Reads what {@link writeHistoryRow} wrote. @throws {RangeError} for anything else. */
export function readHistoryRow(bytes: Uint8Array): HistoryRow {
  const reader = new ByteReader(bytes);
  const form = reader.next();
  if (form !== FORM) throw new RangeError(`Cannot read row of the history: its form is ${form}`);
  return {
    samples: reader.next(),
    coveredMs: reader.next(),
    busyMs: reader.next(),
    counts: reader.list(),
    sums: reader.list(),
    maxes: reader.list(),
    wait: reader.buckets(),
    run: reader.buckets(),
  };
}

/** Seven bits a byte, the lowest first; the eighth says that more follow. */
function write(bytes: number[], value: number): void {
  let left = value;
  while (left >= 0x80) {
    bytes.push(left % 0x80 + 0x80);
    left = Math.floor(left / 0x80);
  }
  bytes.push(left);
}

class ByteReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  next(): number {
    let value = 0;
    for (let unit = 1;; unit *= 0x80) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw new RangeError("Cannot read row of the history: it is cut off");
      if (byte < 0x80) return value + byte * unit;
      value += (byte - 0x80) * unit;
    }
  }

  list(): readonly number[] {
    return Array.from({ length: this.next() }, () => this.next());
  }

  buckets(): SparseCounts {
    const counts: number[] = [];
    let bucket = 0;
    for (let left = this.next(); left > 0; left--) {
      bucket += this.next();
      counts.push(bucket, this.next());
    }
    return counts;
  }
}
