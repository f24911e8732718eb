/**
 * Which tasks were handed to a thread and have no outcome on record yet: what may have run when the
 * server died. It is written before a task is handed over, into a file of fixed size that was
 * filled when it was made: such a write changes memory of the operating system only, takes
 * microseconds, never finds the disk full, and outlives a `kill -9` of the server (not a power cut,
 * after which such tasks run again without being counted).
 *
 * Two halves take turns. Each begins with its generation (negative once it was closed), then come seqs: a positive one was handed
 * over, a negative one came back; 0 ends the list. A half that is full is followed by the other,
 * begun with all that is still out, in one write.
 *
 * Behind them stands the number of the last group that was synced to the journal. A crash cannot take
 * such a group away: a journal that ends before it was damaged.
 */
import { closeSync, fsyncSync, ftruncateSync, openSync, readSync, writeSync } from "node:fs";
import { PRIVATE_MODE } from "./private_file.ts";

const CELL = Float64Array.BYTES_PER_ELEMENT;
/** Cells of a half. */
const HALF_CELLS = 131_072;
/** Where the number of the last synced group is. */
const GROUP_AT = 2 * HALF_CELLS * CELL;
const FILE_BYTES = GROUP_AT + CELL;

/** A ledger, and what the one before it left. */
export interface Opened {
  readonly ledger: RunningLedger;
  /** What was out when it was last written. */
  readonly orphans: readonly number[];
  /** Whether it was closed, and not cut off. */
  readonly wasClosed: boolean;
  /** Which of the ledger's it is: a life that begins has another. */
  readonly generation: number;
  /** The last group that it knows to be in the journal. */
  readonly lastGroup: number;
}

/** See the head of this file. */
export class RunningLedger implements Disposable {
  readonly #file: number;
  readonly #out = new Set<number>();
  #generation: number;
  #at = 1;
  #pending: number[] = [];

  private constructor(file: number, generation: number) {
    this.#file = file;
    this.#generation = generation;
  }

  /** Opens the file, or makes it. What it tells stays in it until {@link begin}. */
  static open(path: string): Opened {
    const file = openSync(path, "a+", PRIVATE_MODE);
    closeSync(file);
    const handle = openSync(path, "r+");
    const halves = [readHalf(handle, 0), readHalf(handle, 1)];
    const generations = halves.map((half) => Math.abs(half[0] ?? 0));
    const newest = halves[(generations[1] ?? 0) > (generations[0] ?? 0) ? 1 : 0];
    const out = new Set<number>();
    for (const seq of newest?.subarray(1) ?? []) {
      if (seq === 0) break;
      if (seq > 0) out.add(seq);
      else out.delete(-seq);
    }
    const [lastGroup = 0] = readCells(handle, GROUP_AT, 1);
    try {
      fill(handle);
    } catch (error) {
      closeSync(handle);
      throw error;
    }
    const generation = Math.max(...generations);
    return {
      ledger: new RunningLedger(handle, generation),
      orphans: [...out],
      generation,
      wasClosed: (newest?.[0] ?? 0) <= 0,
      lastGroup,
    };
  }

  /** What the life before left was dealt with, and that is on record: a new one begins. */
  begin(): void {
    this.#turn();
  }

  /**
   * These are handed over now. What cannot be noted is noted with the next that are.
   * @throws {Error} if the disk refuses.
   */
  handOver(seqs: readonly number[]): void {
    for (const seq of seqs) this.#out.add(seq);
    this.#pending.push(...seqs);
    this.#write();
  }

  /** This one came back unbegun, or its outcome is on record; told with the next that are handed over. */
  takeBack(seq: number): void {
    if (this.#out.delete(seq)) this.#pending.push(-seq);
  }

  /** This group is in the journal, and synced. @throws {Error} if the disk refuses. */
  noteGroup(number: number): void {
    writeSync(this.#file, new Float64Array([number]), 0, CELL, GROUP_AT);
  }

  /** Tells what came back, and closes the file. */
  [Symbol.dispose](): void {
    this.#write();
    put(this.#file, this.#generation, 0, [-this.#generation]);
    fsyncSync(this.#file);
    closeSync(this.#file);
  }

  #write(): void {
    if (this.#pending.length === 0) return;
    if (this.#at + this.#pending.length + 1 > HALF_CELLS) return this.#turn();
    // The end's mark goes with them; the next write begins on it.
    put(this.#file, this.#generation, this.#at, [...this.#pending, 0]);
    this.#at += this.#pending.length;
    this.#pending = [];
  }

  #turn(): void {
    const next = this.#generation + 1;
    // More can only be out while the disk refuses outcomes; those beyond are not counted.
    const cells = [next, ...[...this.#out].slice(0, HALF_CELLS - 2), 0];
    put(this.#file, next, 0, cells);
    this.#generation = next;
    this.#pending = [];
    this.#at = cells.length - 1;
  }
}

function put(file: number, generation: number, at: number, cells: readonly number[]): void {
  writeSync(file, new Float64Array(cells), 0, cells.length * CELL, placeOf(generation % 2, at));
}

function placeOf(half: number, at: number): number {
  return (half * HALF_CELLS + at) * CELL;
}

function readHalf(file: number, half: number): Float64Array {
  return readCells(file, placeOf(half, 0), HALF_CELLS);
}

/** What is not there reads as 0. */
function readCells(file: number, at: number, count: number): Float64Array {
  const cells = new Float64Array(count);
  readSync(file, cells, 0, count * CELL, at);
  return cells;
}

/** Gives the file its size for good: a full disk shall tell now, not when a task is handed over. */
function fill(file: number): void {
  const bytes = new Uint8Array(FILE_BYTES);
  readSync(file, bytes, 0, FILE_BYTES, 0);
  ftruncateSync(file, FILE_BYTES);
  writeSync(file, bytes, 0, FILE_BYTES, 0);
}
