/**
 * The writer: a thread of its own, so that a disk that stalls stalls nothing else. It owns the only
 * connection that writes. After a failure it opens the file anew: what SQLite believed of it may
 * no longer be so (after a failed fsync the operating system forgets what it could not write).
 */
import { statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import type { FromWriter, GroupMessage, ToWriter } from "./group.ts";
import { GroupStore } from "./group_store.ts";
import { hostPort } from "./host_port.ts";

/** The write-ahead file is emptied into the main one beyond this size, after the answer was sent. */
const CHECKPOINT_BYTES = 32 * 1024 * 1024;
/** Beyond this readers must let go of it, so that it begins anew. */
const TRUNCATE_BYTES = 512 * 1024 * 1024;
/** What is written next waits so long for readers at most: one that makes a backup takes its time. */
const TRUNCATE_WAIT_MS = 20;

/** Another connection that writes, though there should be none, is waited for so long. */
const BUSY_MS = 5_000;

/** Groups that wait go to the tables once nothing came for so long, or when somebody wants to read. */
const QUIET_MS = 100;
/** What failed is tried again after so long, if no group comes before. */
const RETRY_MS = 1_000;

const host = hostPort<ToWriter, FromWriter>();
let where = { path: "", isDurable: true, inboxRowsMin: 0 };
let db: DatabaseSync | undefined;
let store: GroupStore | undefined;
let applying: ReturnType<typeof setTimeout> | undefined;
/** Somebody waits to read what came up to this group. */
let wanted = 0;

function open(): GroupStore {
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
  return store = new GroupStore(db, where.isDurable, where.inboxRowsMin);
}

function close(): void {
  clearTimeout(applying);
  applying = undefined;
  db?.close();
  db = store = undefined;
}

function write(group: GroupMessage): FromWriter {
  try {
    const { number } = group;
    store ??= open();
    const pruned = store.lastGroup >= number ? 0 : store.write(group);
    return { kind: "written", number, pruned, applied: store.applied };
  } catch (error) {
    return afterFailure(group.number, error);
  }
}

/** Whether the group is in the file after all is found out by reading it again. */
function afterFailure(number: number, error: unknown): FromWriter {
  try {
    close();
    const { lastGroup, applied } = open();
    if (lastGroup >= number) return { kind: "written", number, pruned: 0, applied };
  } catch {
    store = undefined; // the next group tries again
  }
  return {
    kind: "failed",
    number,
    message: error instanceof Error ? error.message : String(error),
  };
}

/** Groups that wait go to the tables one by one, and those that come are served in between. */
function planApply(): void {
  clearTimeout(applying);
  applying = undefined;
  if (store === undefined || store.applied >= store.lastGroup) return;
  applying = setTimeout(applyNext, store.applied < wanted ? 0 : QUIET_MS);
}

function applyNext(): void {
  try {
    store ??= open();
    store.applyNext();
    host.postMessage({ kind: "applied", applied: store.applied });
    wanted = Math.max(wanted, store.lastGroup); // it is quiet: all that waits may go
    planApply();
  } catch {
    // What waits is on the disk, and stays there; the next group tells what is wrong.
    close();
    applying = setTimeout(applyNext, RETRY_MS);
  }
  checkpoint();
}

/** Failing is no harm: the file only stays long. */
function checkpoint(): void {
  try {
    const { size } = statSync(`${where.path}-wal`);
    if (size > TRUNCATE_BYTES) {
      db?.exec(`
        PRAGMA busy_timeout = ${TRUNCATE_WAIT_MS};
        PRAGMA wal_checkpoint(TRUNCATE);
        PRAGMA busy_timeout = ${BUSY_MS};
      `);
    } else if (size > CHECKPOINT_BYTES) db?.exec("PRAGMA wal_checkpoint(PASSIVE)");
  } catch {
    // The next group's own failure will tell what is wrong.
  }
}

host.onmessage = ({ data }) => {
  const answer = (message: FromWriter) => host.postMessage(message);
  switch (data.kind) {
    case "open":
      where = data;
      store = open();
      while (store.applyNext());
      return answer({ kind: "opened", lastGroup: store.lastGroup });
    case "group":
      answer(write(data));
      planApply();
      return checkpoint();
    case "apply":
      wanted = store?.lastGroup ?? 0;
      return planApply();
    case "close":
      try {
        while (store?.applyNext());
        close();
      } finally {
        answer({ kind: "closed" });
      }
  }
};
