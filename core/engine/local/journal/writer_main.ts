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

const host = hostPort<ToWriter, FromWriter>();
let where = { path: "", isDurable: true };
let db: DatabaseSync | undefined;
let store: GroupStore | undefined;

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
  return store = new GroupStore(db, where.isDurable);
}

function close(): void {
  db?.close();
  db = store = undefined;
}

function write(group: GroupMessage): FromWriter {
  try {
    const { number } = group;
    store ??= open();
    const pruned = store.lastGroup() >= number ? 0 : store.write(group);
    return { kind: "written", number, pruned };
  } catch (error) {
    return afterFailure(group.number, error);
  }
}

/** Whether the group is in the file after all is found out by reading it again. */
function afterFailure(number: number, error: unknown): FromWriter {
  try {
    close();
    if (open().lastGroup() >= number) return { kind: "written", number, pruned: 0 };
  } catch {
    store = undefined; // the next group tries again
  }
  return {
    kind: "failed",
    number,
    message: error instanceof Error ? error.message : String(error),
  };
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
      return answer({ kind: "opened", lastGroup: open().lastGroup() });
    case "group":
      answer(write(data));
      return checkpoint();
    case "close":
      try {
        close();
      } finally {
        answer({ kind: "closed" });
      }
  }
};
