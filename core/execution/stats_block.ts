/**
 * The stats block: one SharedArrayBuffer (a pool in isolation `thread`, a child in `process`) that
 * threads write and anyone reads without a message. This file alone knows its layout; no other does
 * arithmetic on offsets. It is a live view: task code that shares the process can overwrite it, so
 * what counts is what the engine settled.
 *
 * Who writes what: a thread writes its own slot's row and its lanes; the host writes `claims` (only
 * to take back) and the stop cells; histograms are added to by all, atomically. Cells
 * that belong together are written and read under the row's `lock`, so that no reader ever sees a
 * torn record.
 */
import type { Percentiles } from "../model/pool.ts";
import { claimNext, openClaims, takeBackClaims } from "./claims.ts";
import { bucketOf, BUCKETS, percentilesOf, type SparseCounts } from "./histogram.ts";
import { closeRow, openRow, readStable } from "./row_lock.ts";

/**
 * A slot's row; like a lane, it has its lock first. `claims` counts the tasks that the thread has
 * begun, see {@link StatsBlock.claim}.
 */
const SLOT_CELLS = [
  "lock",
  "claims",
  "inbox",
  "heartbeatAtMs",
  "done",
  "failed",
  "busyMs",
  "memoryBytes",
] as const;
type SlotCell = typeof SLOT_CELLS[number];

/** A lane: one of the tasks that a thread runs at a time. `seq` is the task's number + 1; 0: free. */
const LANE_CELLS = ["lock", "seq", "startedAtMs", "progressDone", "progressTotal"] as const;
type LaneCell = typeof LANE_CELLS[number];

/** Tasks that can be asked to stop at a time are told apart by their number modulo this. */
const STOP_CELLS = 64;
const CELL_BYTES = 8;
/** Cells in a 64-byte cache line; rows fill whole lines, so that threads share none. */
const LINE_CELLS = 64 / CELL_BYTES;

const WAIT_AT = 0;
const RUN_AT = WAIT_AT + fullLines(BUCKETS / 2);
const SLOTS_AT = RUN_AT + fullLines(BUCKETS / 2);
const LANE_STRIDE = fullLines(LANE_CELLS.length);
const SLOT_HEAD = fullLines(SLOT_CELLS.length) + fullLines(STOP_CELLS / 2);

function fullLines(cells: number): number {
  return Math.ceil(cells / LINE_CELLS) * LINE_CELLS;
}

/** How many slots a block has, and how many tasks each can run at a time. */
export interface BlockShape {
  readonly slots: number;
  readonly lanes: number;
}

/** What a slot's row says, read in one piece. */
export interface SlotRow {
  readonly heartbeatAtMs: number;
  readonly done: number;
  readonly failed: number;
  readonly busyMs: number;
  readonly memoryBytes: number;
}

/** What a lane says of the task it runs, read in one piece. */
export interface LaneRow {
  readonly seq: number;
  readonly startedAtMs: number;
  readonly progressDone: number;
  readonly progressTotal: number;
}

const EMPTY_ROW: SlotRow = { heartbeatAtMs: 0, done: 0, failed: 0, busyMs: 0, memoryBytes: 0 };

/** See the head of this file. */
export class StatsBlock {
  readonly #ints: Int32Array;
  /** What was read whole last, by its place: a writer may lose its processor in the midst of a row. */
  readonly #slotRows = new Map<number, SlotRow>();
  readonly #laneRows = new Map<number, LaneRow>();
  readonly #floats: Float64Array;
  readonly #slotStride: number;

  private constructor(readonly buffer: SharedArrayBuffer, readonly shape: BlockShape) {
    this.#ints = new Int32Array(buffer);
    this.#floats = new Float64Array(buffer);
    this.#slotStride = SLOT_HEAD + shape.lanes * LANE_STRIDE;
  }

  /** Makes a new block, all zero. Memory is only touched where something is written. */
  static create(shape: BlockShape): StatsBlock {
    const cells = SLOTS_AT + shape.slots * (SLOT_HEAD + shape.lanes * LANE_STRIDE);
    return new StatsBlock(new SharedArrayBuffer(cells * CELL_BYTES), shape);
  }

  /** Opens a block that another thread made. */
  static open(buffer: SharedArrayBuffer, shape: BlockShape): StatsBlock {
    return new StatsBlock(buffer, shape);
  }

  /** Counts how long a task ran, in milliseconds: exactly, whoever else counts. */
  recordRun(ms: number): void {
    Atomics.add(this.#ints, RUN_AT * 2 + bucketOf(ms * 1000), 1);
  }

  /** Counts how long a task waited, in milliseconds. */
  recordWait(ms: number): void {
    Atomics.add(this.#ints, WAIT_AT * 2 + bucketOf(ms * 1000), 1);
  }

  /** Percentiles of all that was recorded, in milliseconds. */
  loadPercentiles(which: "wait" | "run"): Percentiles {
    return percentilesOf(this.#histogram(which), 1 / 1000);
  }

  /** How many were recorded of each bucket, as a copy; a cell that overflowed counts on. */
  loadCounts(which: "wait" | "run"): Uint32Array {
    return Uint32Array.from(this.#histogram(which));
  }

  /**
   * What was recorded of each bucket since `seen` was last given, which then holds what there is
   * now. A cell that overflowed counts on; one that task code set back counts as nothing.
   */
  loadNewCounts(which: "wait" | "run", seen: Int32Array): SparseCounts {
    const counts = this.#histogram(which);
    const found: number[] = [];
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      const here = counts[bucket] ?? 0;
      const fresh = (here - (seen[bucket] ?? 0)) | 0;
      if (fresh === 0) continue;
      seen[bucket] = here;
      if (fresh > 0) found.push(bucket, fresh);
    }
    return found;
  }

  /** Makes a slot's row and lanes new for a fresh thread; histograms stay. */
  clearSlot(slot: number): void {
    const at = this.#slotAt(slot);
    this.#slotRows.delete(at);
    for (let lane = 0; lane < this.shape.lanes; lane++) {
      this.#laneRows.delete(this.#laneAt(slot, lane));
    }
    this.#ints.fill(0, at * 2, (at + this.#slotStride) * 2);
  }

  /** Thread: begins a slot's next task; gives its number, or -1 when the host took the rest back. */
  claim(slot: number): number {
    return claimNext(this.#ints, this.#slotCell(slot, "claims") * 2);
  }

  /**
   * Host: takes back all tasks of `epoch` that the thread has not begun. Gives the number of the
   * first task that was not begun, or -1 when the thread had not even received this epoch.
   */
  takeBack(slot: number, epoch: number): number {
    return takeBackClaims(this.#ints, this.#slotCell(slot, "claims") * 2, epoch);
  }

  /** Thread: goes on with the first batch of a new epoch; false when that was taken back as well. */
  openEpoch(slot: number, epoch: number, first: number): boolean {
    return openClaims(this.#ints, this.#slotCell(slot, "claims") * 2, epoch, first);
  }

  /** Host: says that a message was posted, for a thread that spins on {@link loadInbox}. */
  ring(slot: number): void {
    Atomics.add(this.#ints, this.#slotCell(slot, "inbox") * 2, 1);
  }

  /** Thread: how many messages were posted. */
  loadInbox(slot: number): number {
    return Atomics.load(this.#ints, this.#slotCell(slot, "inbox") * 2);
  }

  /** Host: asks the code of a task to end. */
  requestStop(slot: number, seq: number): void {
    Atomics.store(this.#ints, this.#stopCell(slot, seq), seq + 1);
  }

  /** Thread: whether the code of a task was asked to end. */
  isStopRequested(slot: number, seq: number): boolean {
    return Atomics.load(this.#ints, this.#stopCell(slot, seq)) === seq + 1;
  }

  /** Thread: a task begins on a lane. */
  beginLane(slot: number, lane: number, seq: number, startedAtMs: number): void {
    const at = this.#laneAt(slot, lane);
    const lock = openRow(this.#ints, at * 2);
    this.#setLane(at, "seq", seq + 1);
    this.#setLane(at, "startedAtMs", startedAtMs);
    this.#setLane(at, "progressDone", 0);
    this.#setLane(at, "progressTotal", 0);
    closeRow(this.#ints, at * 2, lock);
  }

  /** Thread: how far the task on a lane is. */
  setProgress(slot: number, lane: number, done: number, total: number): void {
    const at = this.#laneAt(slot, lane);
    const lock = openRow(this.#ints, at * 2);
    this.#setLane(at, "progressDone", done);
    this.#setLane(at, "progressTotal", total);
    closeRow(this.#ints, at * 2, lock);
  }

  /** Thread: the task on a lane ended. */
  endLane(slot: number, lane: number): void {
    const at = this.#laneAt(slot, lane);
    const lock = openRow(this.#ints, at * 2);
    this.#setLane(at, "seq", 0);
    closeRow(this.#ints, at * 2, lock);
  }

  /** Reads a lane, or what it was when it could be read last; undefined when it is free. */
  loadLane(slot: number, lane: number): LaneRow | undefined {
    const at = this.#laneAt(slot, lane);
    const row = readStable(this.#ints, at * 2, () => ({
      seq: this.#lane(at, "seq") - 1,
      startedAtMs: this.#lane(at, "startedAtMs"),
      progressDone: this.#lane(at, "progressDone"),
      progressTotal: this.#lane(at, "progressTotal"),
    })) ?? this.#laneRows.get(at);
    if (row === undefined) return undefined;
    this.#laneRows.set(at, row);
    return row.seq < 0 ? undefined : row;
  }

  /** Reads all lanes of a slot that are not free. */
  loadLanes(slot: number): readonly LaneRow[] {
    const rows: LaneRow[] = [];
    for (let lane = 0; lane < this.shape.lanes; lane++) {
      const row = this.loadLane(slot, lane);
      if (row !== undefined) rows.push(row);
    }
    return rows;
  }

  /** Writes a slot's row, in one piece: its own thread, or the host with a child's snapshot. */
  setSlotRow(slot: number, row: SlotRow): void {
    const at = this.#slotAt(slot);
    const lock = openRow(this.#ints, at * 2);
    this.#setSlot(at, "heartbeatAtMs", row.heartbeatAtMs);
    this.#setSlot(at, "done", row.done);
    this.#setSlot(at, "failed", row.failed);
    this.#setSlot(at, "busyMs", row.busyMs);
    this.#setSlot(at, "memoryBytes", row.memoryBytes);
    closeRow(this.#ints, at * 2, lock);
  }

  /** Reads a slot's row, or what it was when it could be read last. */
  loadSlotRow(slot: number): SlotRow {
    const at = this.#slotAt(slot);
    const row = readStable(this.#ints, at * 2, () => ({
      heartbeatAtMs: this.#slot(at, "heartbeatAtMs"),
      done: this.#slot(at, "done"),
      failed: this.#slot(at, "failed"),
      busyMs: this.#slot(at, "busyMs"),
      memoryBytes: this.#slot(at, "memoryBytes"),
    })) ?? this.#slotRows.get(at) ?? EMPTY_ROW;
    this.#slotRows.set(at, row);
    return row;
  }

  #histogram(which: "wait" | "run"): Int32Array {
    const at = (which === "wait" ? WAIT_AT : RUN_AT) * 2;
    return this.#ints.subarray(at, at + BUCKETS);
  }

  #slotAt(slot: number): number {
    return SLOTS_AT + slot * this.#slotStride;
  }

  #slotCell(slot: number, cell: SlotCell): number {
    return this.#slotAt(slot) + SLOT_CELLS.indexOf(cell);
  }

  #stopCell(slot: number, seq: number): number {
    return (this.#slotAt(slot) + fullLines(SLOT_CELLS.length)) * 2 + seq % STOP_CELLS;
  }

  #laneAt(slot: number, lane: number): number {
    return this.#slotAt(slot) + SLOT_HEAD + lane * LANE_STRIDE;
  }

  #lane(at: number, cell: LaneCell): number {
    return this.#floats[at + LANE_CELLS.indexOf(cell)] ?? 0;
  }

  #setLane(at: number, cell: LaneCell, value: number): void {
    this.#floats[at + LANE_CELLS.indexOf(cell)] = value;
  }

  #slot(at: number, cell: SlotCell): number {
    return this.#floats[at + SLOT_CELLS.indexOf(cell)] ?? 0;
  }

  #setSlot(at: number, cell: SlotCell, value: number): void {
    this.#floats[at + SLOT_CELLS.indexOf(cell)] = value;
  }
}
