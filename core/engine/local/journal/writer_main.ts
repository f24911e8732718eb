/**
 * The writer: a thread of its own, so that a disk that stalls stalls nothing else. It owns the only
 * connection that writes. After a failure it opens the file anew: what SQLite believed of it may
 * no longer be so. After a failed fsync nothing is written, or told as written, before all that was
 * committed earlier is on the disk once more (see `wal_renewal.ts`).
 */
import { DatabaseSync } from "node:sqlite";
import { clearImmediate, setImmediate } from "node:timers";
import type { FromWriter, GroupMessage, ToWriter } from "./group.ts";
import { GroupStore } from "./group_store.ts";
import { hostPort } from "./host_port.ts";
import { openError } from "./open_error.ts";
import { PAGE_BYTES } from "./schema.ts";
import { syncFileAside } from "./sync.ts";
import { renewWal } from "./wal_renewal.ts";
import { makeRoom } from "./wal_room.ts";
import { messageOf } from "../../../model/errors.ts";

/**
 * What the write-ahead file has beyond the main one goes there once it is so many pages, after the
 * answer was sent: what comes meanwhile waits some milliseconds. In a burst it waits for its end.
 */
const CHECKPOINT_FRAMES = 2_048;
const BURST_FRAMES = 4 * CHECKPOINT_FRAMES;
/** And once nothing came for a while, if it is so many: the next burst finds room. */
const QUIET_FRAMES = 256;
/** Beyond this readers must let go of it, so that it begins anew. */
const TRUNCATE_FRAMES = 131_072;
/** What is written next waits so long for readers at most: one that makes a backup takes its time. */
const TRUNCATE_WAIT_MS = 20;

/** Another connection that writes, though there should be none, is waited for so long. */
const BUSY_MS = 5_000;

/** SQLite's number for an fsync that failed, of whichever file. */
const FSYNC_FAILED = 1034;

/**
 * Groups that wait go to the tables when somebody wants to read them, once nothing came for so long,
 * or after the longest time: a burst has the disk for itself, and what never ends does not pile up.
 */
const QUIET_MS = 100;
const LONGEST_MS = 1_000;
/** If so few rows came in so long, it is no burst: they go there, and what comes next need not wait. */
const FEW_ROWS = 256;
const FEW_MS = 5;
/** Room in the write-ahead file is made after so long: whoever starts the server wants its tasks first. */
const ROOM_AFTER_MS = 1_000;
/** Between two steps of that. */
const ROOM_STEP_MS = 10;
/** What was written and need not be on the disk at once is there after so long. */
const SYNC_AFTER_MS = 1_000;
/** What failed is tried again after so long, if no group comes before. */
const RETRY_MS = 1_000;

const host = hostPort<ToWriter, FromWriter>();
let where = { path: "", isDurable: true, inboxRowsMin: 0 };
let db: DatabaseSync | undefined;
let store: GroupStore | undefined;
/** The next step that brings groups that wait to the tables. */
let applying: { readonly isNow: boolean; cancel(): void } | undefined;
let makingRoom: ReturnType<typeof setTimeout> | undefined;
let resting: ReturnType<typeof setTimeout> | undefined;
let syncing: ReturnType<typeof setTimeout> | undefined;
/** When something was written last, on the monotonic clock. */
let writtenMs = 0;
/** An fsync failed, and the write-ahead file was not renewed since. */
let isDoubtful = false;
/** All groups up to this one are to go to the tables, one step after the other. */
let wanted = 0;
/** Since when groups wait that nobody wants there yet, on the monotonic clock. */
let waitingSinceMs: number | undefined;

function open(): GroupStore {
  close();
  db = new DatabaseSync(where.path, { timeout: BUSY_MS });
  db.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = ${where.isDurable ? "FULL" : "OFF"};
    PRAGMA wal_autocheckpoint = 0;
    PRAGMA cache_size = -16384;
    PRAGMA temp_store = MEMORY;
    PRAGMA cell_size_check = ON;
    PRAGMA trusted_schema = OFF;
  `);
  if (isDoubtful) renewWal(db, where.path);
  isDoubtful = false;
  planRoom();
  return store = new GroupStore(db, where.isDurable, where.inboxRowsMin);
}

function close(): void {
  applying?.cancel();
  applying = undefined;
  clearTimeout(makingRoom);
  clearTimeout(resting);
  resting = undefined;
  const opened = db;
  db = store = undefined;
  opened?.close();
}

function noteFailure(error: unknown): void {
  const { errcode } = error as { errcode?: number }; // of errors of `node:sqlite`
  isDoubtful ||= errcode === FSYNC_FAILED;
}

function write(group: GroupMessage): FromWriter {
  try {
    const { number } = group;
    store ??= open();
    const pruned = store.lastGroup >= number ? 0 : store.write(group);
    if (group.isSynced) syncing = void clearTimeout(syncing);
    else if (where.isDurable) syncing ??= setTimeout(sync, SYNC_AFTER_MS);
    return { kind: "written", number, pruned, applied: store.applied };
  } catch (error) {
    return afterFailure(group.number, error);
  }
}

/** Whether the group is in the file after all is found out by reading it again. */
function afterFailure(number: number, error: unknown): FromWriter {
  noteFailure(error);
  try {
    const { lastGroup, applied } = open();
    if (lastGroup >= number) return { kind: "written", number, pruned: 0, applied };
  } catch (again) {
    noteFailure(again);
    store = undefined; // the next group tries again
  }
  return {
    kind: "failed",
    number,
    message: messageOf(error),
  };
}

/** Groups that wait go to the tables step by step, and those that come are served in between. */
function planApply(): void {
  if (store === undefined) return; // what failed is tried again, at the time that was set
  if (applying?.isNow) return;
  applying?.cancel();
  applying = undefined;
  if (store.applied >= store.lastGroup) return waitingSinceMs = undefined;
  const afterMs = store.applied < wanted ? 0 : dueInMs(store);
  if (afterMs > 0) return applyLater(afterMs);
  // A timer set anew with each group that comes would never be due.
  const step = setImmediate(applyNext);
  applying = { isNow: true, cancel: () => clearImmediate(step) };
}

/** When groups that nobody asked for go to the tables, if none comes meanwhile. */
function dueInMs({ waitingRows }: GroupStore): number {
  const nowMs = performance.now();
  const waitedMs = nowMs - (waitingSinceMs ??= nowMs);
  if (waitingRows < FEW_ROWS) return FEW_MS - waitedMs;
  return Math.min(QUIET_MS, LONGEST_MS - waitedMs);
}

function applyLater(afterMs: number): void {
  const timer = setTimeout(applyNext, afterMs);
  applying = { isNow: false, cancel: () => clearTimeout(timer) };
}

function applyNext(): void {
  applying = undefined;
  try {
    store ??= open();
    if (store.applied >= wanted) wanted = store.lastGroup; // nobody asked: it is time
    const { waitingRows } = store;
    // One group, or several small ones: more may come while one of them is brought there.
    while (store.applyNext() && waitingRows - store.waitingRows < FEW_ROWS);
    if (store.applied >= wanted) waitingSinceMs = undefined;
    host.postMessage({ kind: "applied", applied: store.applied });
    planApply();
  } catch (error) {
    // What waits is on the disk, and stays there; the next group tells what is wrong.
    noteFailure(error);
    close();
    applyLater(RETRY_MS);
  }
  written();
}

/** What was written without being synced is put on the disk, while groups go on. */
async function sync(): Promise<void> {
  syncing = undefined;
  try {
    await syncFileAside(`${where.path}-wal`);
  } catch {
    // Nobody was told that it is on the disk; the next group writes all of it again.
    isDoubtful = true;
    store = undefined;
  }
}

/** Something was written: the write-ahead file may be long by now, or be once it is quiet. */
function written(): void {
  writtenMs = performance.now();
  resting ??= setTimeout(rest, QUIET_MS);
  const isBurst = store !== undefined && store.waitingRows >= FEW_ROWS;
  checkpoint(isBurst ? BURST_FRAMES : CHECKPOINT_FRAMES);
}

function rest(): void {
  resting = undefined;
  const leftMs = writtenMs + QUIET_MS - performance.now();
  if (leftMs > 0) resting = setTimeout(rest, leftMs);
  else checkpoint(QUIET_FRAMES);
}

/** Failing is no harm: the file only stays long. */
function checkpoint(framesMax: number): void {
  try {
    // The file's length would not do: it stays as long as it ever was.
    const { log, checkpointed } = db?.prepare("PRAGMA wal_checkpoint(NOOP)").get() ?? {};
    if (Number(log) > TRUNCATE_FRAMES) {
      db?.exec(`PRAGMA busy_timeout = ${TRUNCATE_WAIT_MS}`);
      db?.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get();
      db?.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
      planRoom();
    } else if (Number(log) - Number(checkpointed) > framesMax) {
      db?.prepare("PRAGMA wal_checkpoint(PASSIVE)").get();
    }
  } catch (error) {
    // The next group's own failure will tell what is wrong, but of a failed fsync none would.
    noteFailure(error);
    if (isDoubtful) store = undefined;
  }
}

/** The write-ahead file is made as long as it will be, step by step: groups go between them. */
function planRoom(afterMs = ROOM_AFTER_MS): void {
  clearTimeout(makingRoom);
  if (where.isDurable) makingRoom = setTimeout(makeNextRoom, afterMs);
}

function makeNextRoom(): void {
  try {
    const step = makeRoom(where.path, CHECKPOINT_FRAMES * PAGE_BYTES);
    if (step === "made") planRoom(ROOM_STEP_MS);
    isDoubtful ||= step === "doubtful";
  } catch {
    // It does without: the next group tells what is wrong.
  }
  if (isDoubtful) store = undefined;
}

host.onmessage = ({ data }) => {
  const answer = (message: FromWriter) => host.postMessage(message);
  switch (data.kind) {
    case "open":
      where = data;
      try {
        store = open();
        while (store.applyNext());
        return answer({ kind: "opened", lastGroup: store.lastGroup });
      } catch (error) {
        const { code, message } = openError(where.path, error);
        return answer({ kind: "refused", code, message });
      }
    case "group":
      answer(write(data));
      planApply();
      return written();
    case "apply":
      wanted = store?.lastGroup ?? 0;
      return planApply();
    case "close":
      clearTimeout(syncing);
      try {
        while (store?.applyNext());
        close();
      } finally {
        answer({ kind: "closed" });
      }
  }
};
