import { deepStrictEqual, doesNotThrow, match, ok, strictEqual, throws } from "node:assert/strict";
import { copyFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { checkWal } from "../../../../../../core/engine/local/journal/wal_check.ts";
import { LidoError } from "../../../../../../core/model/errors.ts";

const PAGE = 4096;
const FRAME = 24 + PAGE;
const HEADER = 32;

/** A file of 5 commits, of one frame each; its main file was made before them, as a crash left both. */
async function inFolder(act: (path: string, wal: string) => void): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "lido-wal-" });
  try {
    const path = join(folder, "journal.sqlite");
    makeFiles(join(folder, "live"), path);
    act(path, `${path}-wal`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function makeFiles(live: string, path: string): void {
  const db = new DatabaseSync(live);
  try {
    db.exec(`PRAGMA page_size = ${PAGE}; PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0`);
    db.exec("CREATE TABLE numbers (n INTEGER PRIMARY KEY, text TEXT)");
    db.exec("INSERT INTO numbers VALUES (0, 'zero'); PRAGMA wal_checkpoint(TRUNCATE)");
    for (let n = 1; n <= 5; n++) db.exec(`INSERT INTO numbers VALUES (${n}, 'number ${n}')`);
    for (const end of ["", "-wal"]) copyFileSync(live + end, path + end);
  } finally {
    db.close();
  }
}

/** Flips one bit. */
function flip(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(path, bytes);
}

function refusal(message: RegExp): (error: unknown) => boolean {
  return (error) => {
    ok(error instanceof LidoError, String(error));
    strictEqual(error.code, "journal_corrupt");
    match(error.message, message);
    return true;
  };
}

/** What SQLite finds: what it drops in silence. */
function countRows(path: string): unknown {
  const db = new DatabaseSync(path);
  try {
    return db.prepare("SELECT count(*) AS n FROM numbers").get()?.["n"];
  } finally {
    db.close();
  }
}

Deno.test("checkWal() takes files as a crash left them, and none at all", async () => {
  await inFolder((path, wal) => {
    strictEqual(readFileSync(wal).length, HEADER + 5 * FRAME);
    doesNotThrow(() => checkWal(path));
    strictEqual(countRows(path), 6);
    rmSync(wal, { force: true });
    doesNotThrow(() => checkWal(path));
  });
});

Deno.test.each([
  ["page", HEADER + 2 * FRAME + 24 + 100],
  ["page number", HEADER + 2 * FRAME + 3],
  ["size of the journal", HEADER + 2 * FRAME + 7],
])("checkWal() counts the commits behind a frame whose %s is damaged", async (_, at) => {
  await inFolder((path, wal) => {
    flip(wal, at);
    throws(
      () => checkWal(path),
      refusal(
        /^Cannot open journal .*-wal: it is damaged, and 2 commits stand behind the damage; /,
      ),
    );
    strictEqual(countRows(path), 3); // without a word
  });
});

/** Two commits of many frames each; gives how many frames the first has. */
function makeLongCommits(path: string): number {
  const live = `${path}.live`;
  makeFiles(live, path);
  const db = new DatabaseSync(live);
  let first = 0;
  try {
    db.exec("PRAGMA wal_autocheckpoint = 0; PRAGMA wal_checkpoint(TRUNCATE)");
    for (const n of [10, 11]) {
      db.exec(`INSERT INTO numbers VALUES (${n}, hex(zeroblob(9000)))`);
      first ||= (readFileSync(`${live}-wal`).length - HEADER) / FRAME;
    }
    for (const end of ["", "-wal"]) copyFileSync(live + end, path + end);
  } finally {
    db.close();
  }
  return first;
}

/** Writes over the header of a frame. */
function overwrite(wal: string, frame: number, bytes: Uint8Array): void {
  const all = readFileSync(wal);
  all.set(bytes, HEADER + frame * FRAME);
  writeFileSync(wal, all);
}

Deno.test("checkWal() counts commits, of however many frames they are", async () => {
  await inFolder((path, wal) => {
    makeLongCommits(path);
    ok(readFileSync(wal).length > HEADER + 6 * FRAME);
    flip(wal, HEADER + 24);
    throws(() => checkWal(path), refusal(/and 2 commits stand behind the damage/));
  });
});

Deno.test.each([
  ["zeros", new Uint8Array(FRAME)],
  ["an earlier round", new Uint8Array(24).fill(7)],
])("checkWal() takes a last commit with a frame of %s in it for a crash", async (_, bytes) => {
  await inFolder((path, wal) => {
    const first = makeLongCommits(path);
    overwrite(wal, first, bytes);
    doesNotThrow(() => checkWal(path));
    strictEqual(countRows(path), 7);
  });
});

Deno.test("checkWal() counts the commits behind one with a frame of zeros in it", async () => {
  await inFolder((path, wal) => {
    makeLongCommits(path);
    overwrite(wal, 0, new Uint8Array(FRAME));
    throws(() => checkWal(path), refusal(/and 1 commits stand behind the damage/));
  });
});

Deno.test.each([
  ["checksum", HEADER + 2 * FRAME + 16],
  ["salt", HEADER + 2 * FRAME + 8],
])("checkWal() sees damage to the %s of a frame that others follow", async (_, at) => {
  await inFolder((path, wal) => {
    flip(wal, at);
    throws(() => checkWal(path), refusal(/it is damaged, and [12] commits stand behind/));
  });
});

Deno.test("checkWal() takes a last commit that was cut off, or is not whole, for a crash", async () => {
  await inFolder((path, wal) => {
    flip(wal, HEADER + 4 * FRAME + 24);
    doesNotThrow(() => checkWal(path));
    truncateSync(wal, HEADER + 4 * FRAME + 100);
    doesNotThrow(() => checkWal(path));
    strictEqual(countRows(path), 5);
  });
});

Deno.test.each([["magic number", 1], ["page size", 10], ["salt", 16], ["checksum", 31]])(
  "checkWal() refuses a file whose header's %s is damaged, if anything follows",
  async (_, at) => {
    await inFolder((path, wal) => {
      flip(wal, at);
      throws(() => checkWal(path), refusal(/it is damaged, and 1 commits stand behind/));
      truncateSync(wal, HEADER);
      doesNotThrow(() => checkWal(path));
    });
  },
);

Deno.test("checkWal() takes a file that was begun, and not written to", async () => {
  await inFolder((path, wal) => {
    for (const bytes of [0, 10, HEADER, HEADER + FRAME]) {
      writeFileSync(wal, new Uint8Array(bytes));
      doesNotThrow(() => checkWal(path), `${bytes} zeros`);
    }
  });
});

Deno.test("checkWal() ends where frames of an earlier round of the file begin", async () => {
  await inFolder((path, wal) => {
    const old = readFileSync(wal).subarray(HEADER + 2 * FRAME);
    // A round later the salts are others, and the first two frames were written over.
    const db = new DatabaseSync(path);
    db.exec("PRAGMA wal_autocheckpoint = 0");
    const fresh = `${path}.fresh`;
    try {
      db.exec("PRAGMA wal_checkpoint(RESTART)");
      db.exec("INSERT INTO numbers VALUES (6, 'six')");
      db.exec("INSERT INTO numbers VALUES (7, 'seven')");
      for (const end of ["", "-wal"]) copyFileSync(path + end, fresh + end);
    } finally {
      db.close();
    }
    deepStrictEqual(readFileSync(`${fresh}-wal`).subarray(HEADER + 2 * FRAME), old);
    doesNotThrow(() => checkWal(fresh));
    strictEqual(countRows(fresh), 8);
  });
});

Deno.test("checkWal() sees that the main file was cut where no commit has its pages", async () => {
  await inFolder((path) => {
    const { length } = readFileSync(path);
    strictEqual(length, 2 * PAGE); // the second page is in each commit
    truncateSync(path, PAGE);
    doesNotThrow(() => checkWal(path));
    truncateSync(path, 0);
    throws(
      () => checkWal(path),
      refusal(/journal\.sqlite: it was cut: 1 of its 2 pages are missing; `deno task restore`/),
    );
  });
});

Deno.test("checkWal() takes no page for written that only a commit has which does not count", async () => {
  await inFolder((path, wal) => {
    const live = `${path}.live`;
    makeFiles(live, path);
    const db = new DatabaseSync(live);
    try {
      db.exec("PRAGMA wal_autocheckpoint = 0; CREATE TABLE others (n INTEGER)");
      db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
      db.exec("INSERT INTO others VALUES (1)"); // page 3
      db.exec("INSERT INTO numbers VALUES (9, 'nine')"); // page 2
      for (const end of ["", "-wal"]) copyFileSync(live + end, path + end);
    } finally {
      db.close();
    }
    truncateSync(path, PAGE);
    doesNotThrow(() => checkWal(path));
    flip(wal, HEADER + FRAME + 24);
    throws(() => checkWal(path), refusal(/it was cut: 1 of its 3 pages are missing/));
  });
});
