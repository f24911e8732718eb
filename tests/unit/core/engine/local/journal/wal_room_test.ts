import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { copyFileSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { checkWal } from "../../../../../../core/engine/local/journal/wal_check.ts";
import { makeRoom } from "../../../../../../core/engine/local/journal/wal_room.ts";

const MIB = 1024 * 1024;

/** A file with a write-ahead file, and who writes to it. */
async function withJournal(act: (path: string, db: DatabaseSync) => void): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "lido-room-" });
  const path = join(folder, "journal.sqlite");
  const db = new DatabaseSync(path);
  try {
    db.exec("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; CREATE TABLE t (n)");
    act(path, db);
  } finally {
    db.close();
    await Deno.remove(folder, { recursive: true });
  }
}

const sizeOf = (path: string) => statSync(`${path}-wal`).size;

/** As many pages as it takes. */
function insert(db: DatabaseSync, bytes: number): void {
  db.prepare("INSERT INTO t VALUES (zeroblob(?))").run(bytes);
}

Deno.test("makeRoom() lets commits write over what is there: the file keeps its size", async () => {
  await withJournal((path, db) => {
    const before = sizeOf(path);
    strictEqual(makeRoom(path, 2 * MIB), "made");
    strictEqual(sizeOf(path), before + MIB);
    strictEqual(makeRoom(path, 2 * MIB), "made");
    strictEqual(sizeOf(path), before + 2 * MIB);
    strictEqual(makeRoom(path, 2 * MIB), "enough");
    insert(db, MIB);
    strictEqual(sizeOf(path), before + 2 * MIB);
  });
});

Deno.test("makeRoom() takes nothing of a disk that has little", async () => {
  await withJournal((path) => {
    const before = sizeOf(path);
    strictEqual(makeRoom(path, 2 ** 52), "enough");
    strictEqual(sizeOf(path), before);
  });
});

Deno.test("makeRoom() is seen by no reader, and damages nothing after a crash", async () => {
  await withJournal((path, db) => {
    insert(db, 10);
    makeRoom(path, MIB);
    insert(db, 20);
    checkWal(path);
    const copy = `${path}.copy`;
    for (const end of ["", "-wal"]) copyFileSync(path + end, copy + end);
    checkWal(copy);
    const after = new DatabaseSync(copy);
    deepStrictEqual(
      after.prepare("SELECT length(n) AS n FROM t ORDER BY 1").all().map(({ n }) => n),
      [10, 20],
    );
    after.close();
  });
});

Deno.test("makeRoom() before the first commit leaves a file that has none", async () => {
  await withJournal((path, db) => {
    db.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get();
    strictEqual(sizeOf(path), 0);
    makeRoom(path, MIB);
    checkWal(path);
    const copy = `${path}.copy`;
    for (const end of ["", "-wal"]) copyFileSync(path + end, copy + end);
    const other = new DatabaseSync(copy);
    strictEqual(other.prepare("SELECT count(*) AS n FROM t").get()?.["n"], 0);
    other.close();
    insert(db, 30);
    strictEqual(readFileSync(`${path}-wal`).readUInt32BE(0) & ~1, 0x377f0682);
    strictEqual(db.prepare("SELECT count(*) AS n FROM t").get()?.["n"], 1);
  });
});
