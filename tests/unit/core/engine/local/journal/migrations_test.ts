import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { migrate } from "../../../../../../core/engine/local/journal/migrations.ts";
import {
  APPLICATION_ID,
  type Migration,
  MIGRATIONS,
  PAGE_BYTES,
} from "../../../../../../core/engine/local/journal/schema.ts";
import { LidoError } from "../../../../../../core/model/errors.ts";
import { changeJournal } from "../../../../../helpers/stored_journal.ts";

const FIRST: Migration = { name: "first", sql: "CREATE TABLE one (n INTEGER) STRICT" };
const SECOND: Migration = {
  name: "second",
  sql: "CREATE TABLE two (n INTEGER) STRICT; INSERT INTO two SELECT n FROM one",
};
const THIRD: Migration = { name: "third", sql: "DROP TABLE one" };

/** Does something with the path of a journal that is not there yet. */
async function inFolder(act: (path: string, folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "lido-migrations-" });
  try {
    await act(join(folder, "journal.sqlite"), folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** What a file says of itself. */
function read(path: string, name: string): unknown {
  const db = new DatabaseSync(path);
  try {
    return db.prepare(`PRAGMA ${name}`).get()?.[name];
  } finally {
    db.close();
  }
}

/** A file's version, its tables, and what is in them. */
function look(path: string) {
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    const names = db.prepare("SELECT name FROM sqlite_schema ORDER BY name").all();
    const tables = Object.fromEntries(
      names.map(({ name }) => [
        String(name),
        db.prepare(`SELECT n FROM ${name}`).all().map(({ n }) => n),
      ]),
    );
    return { version: db.prepare("PRAGMA user_version").get()?.["user_version"], tables };
  } finally {
    db.close();
  }
}

Deno.test("migrate() makes a new file of the newest version, and keeps no copies of nothing", async () => {
  await inFolder(async (path, folder) => {
    await migrate(path);
    deepStrictEqual(readdirSync(folder), ["journal.sqlite"]);
    deepStrictEqual(
      ["application_id", "user_version", "page_size", "auto_vacuum", "journal_mode"]
        .map((name) => read(path, name)),
      [APPLICATION_ID, MIGRATIONS.length, PAGE_BYTES, 2, "wal"],
    );
  });
});

Deno.test.each([
  ["before it said whose the file is", 0],
  ["before its first step", APPLICATION_ID],
])("migrate() goes on with a first start that was cut off %s", async (_, id) => {
  await inFolder(async (path, folder) => {
    changeJournal(
      path,
      `PRAGMA page_size = ${PAGE_BYTES}; PRAGMA auto_vacuum = INCREMENTAL;
       PRAGMA journal_mode = WAL; PRAGMA application_id = ${id}`,
    );
    ok(statSync(path).size > 0);
    await migrate(path, [FIRST]);
    deepStrictEqual(look(path), { version: 1, tables: { one: [] } });
    strictEqual(read(path, "application_id"), APPLICATION_ID);
    deepStrictEqual(readdirSync(folder), ["journal.sqlite"]);
  });
});

Deno.test("migrate() runs what a file has not had, in order, and no step twice", async () => {
  await inFolder(async (path) => {
    await migrate(path, [FIRST]);
    deepStrictEqual(look(path), { version: 1, tables: { one: [] } });
    changeJournal(path, "INSERT INTO one VALUES (7)");
    await migrate(path, [FIRST, SECOND, THIRD]);
    deepStrictEqual(look(path), { version: 3, tables: { two: [7] } });
    changeJournal(path, "INSERT INTO two VALUES (8)");
    await migrate(path, [FIRST, SECOND, THIRD]);
    deepStrictEqual(look(path), { version: 3, tables: { two: [7, 8] } });
  });
});

Deno.test("migrate() keeps a copy of the file before each step, by the step's number", async () => {
  await inFolder(async (path, folder) => {
    await migrate(path, [FIRST]);
    changeJournal(path, "INSERT INTO one VALUES (7)");
    await migrate(path, [FIRST, SECOND, THIRD]);
    deepStrictEqual(readdirSync(folder).sort(), [
      "journal.sqlite",
      "journal.sqlite.before-2",
      "journal.sqlite.before-3",
    ]);
    deepStrictEqual(look(`${path}.before-2`), { version: 1, tables: { one: [7] } });
    deepStrictEqual(look(`${path}.before-3`), { version: 2, tables: { one: [7], two: [7] } });
  });
});

Deno.test("migrate() keeps the first copy when a step is tried again, and takes no half one for it", async () => {
  await inFolder(async (path, folder) => {
    await migrate(path, [FIRST]);
    const broken = [FIRST, { name: "broken", sql: "CREATE TABLE one (n INTEGER)" }];
    await rejects(migrate(path, broken));
    changeJournal(path, "INSERT INTO one VALUES (7)");
    writeFileSync(`${path}.before-3.partial`, "half of a copy");
    await migrate(path, [FIRST, SECOND, THIRD]);
    deepStrictEqual(look(`${path}.before-2`).tables, { one: [] });
    deepStrictEqual(look(`${path}.before-3`).version, 2);
    deepStrictEqual(readdirSync(folder).filter((name) => name.endsWith(".partial")), []);
  });
});

Deno.test("migrate() leaves the file as it was when a step fails in the middle", async () => {
  await inFolder(async (path) => {
    await migrate(path, [FIRST]);
    changeJournal(path, "INSERT INTO one VALUES (7)");
    const before = look(path);
    const broken = {
      name: "broken",
      sql: "CREATE TABLE two (n INTEGER); DELETE FROM one; INSERT INTO nowhere VALUES (1)",
    };
    await rejects(migrate(path, [FIRST, broken]), (error) => {
      ok(error instanceof LidoError);
      strictEqual(error.code, "journal_corrupt");
      match(error.message, /^Cannot open journal .*journal\.sqlite: no such table: nowhere; /);
      return true;
    });
    deepStrictEqual(look(path), before);
    // Nothing holds it: the next version of Lido goes on from there.
    await migrate(path, [FIRST, SECOND]);
    deepStrictEqual(look(path), { version: 2, tables: { one: [7], two: [7] } });
  });
});

Deno.test("migrate() keeps the steps before one that fails", async () => {
  await inFolder(async (path) => {
    await migrate(path, [FIRST]);
    await rejects(migrate(path, [FIRST, SECOND, { name: "broken", sql: "no SQL" }]));
    deepStrictEqual(look(path), { version: 2, tables: { one: [], two: [] } });
  });
});

Deno.test("migrate() refuses a file of a newer Lido, and does not touch it", async () => {
  await inFolder(async (path, folder) => {
    await migrate(path, [FIRST, SECOND, THIRD]);
    const before = readFileSync(path);
    await rejects(migrate(path, [FIRST, SECOND]), {
      code: "data_folder_unusable",
      message: `Cannot use journal ${path}: a newer Lido wrote it (version 3, known are 2)`,
    });
    deepStrictEqual(readFileSync(path), before);
    deepStrictEqual(readdirSync(folder), ["journal.sqlite"]);
  });
});

Deno.test("migrate() refuses another program's database, and does not touch it", async () => {
  await inFolder(async (path) => {
    changeJournal(path, "CREATE TABLE theirs (n INTEGER)");
    const before = readFileSync(path);
    await rejects(migrate(path, [FIRST]), {
      code: "journal_corrupt",
      message:
        `Cannot open journal ${path}: it is no journal of Lido; \`deno task doctor\` tells ` +
        "more, `deno task restore` puts a backup in its place",
    });
    deepStrictEqual(readFileSync(path), before);
  });
});

Deno.test("migrate() refuses another program's database that is empty, and does not touch it", async () => {
  await inFolder(async (path) => {
    changeJournal(path, "PRAGMA application_id = 7");
    const before = readFileSync(path);
    await rejects(migrate(path, [FIRST]), { code: "journal_corrupt" });
    deepStrictEqual(readFileSync(path), before);
  });
});

Deno.test("migrate() says of a file that is no database that it is damaged", async () => {
  await inFolder(async (path) => {
    writeFileSync(path, "x".repeat(10_000));
    await rejects(migrate(path), (error) => {
      ok(error instanceof LidoError);
      strictEqual(error.code, "journal_corrupt");
      match(error.message, /file is not a database/);
      return true;
    });
    strictEqual(statSync(path).size, 10_000);
  });
});

Deno.test("migrate() makes no new file beside a write-ahead file whose main file is missing", async () => {
  await inFolder(async (path) => {
    for (const isEmpty of [false, true]) {
      if (isEmpty) writeFileSync(path, "");
      writeFileSync(`${path}-wal`, "commits");
      await rejects(migrate(path), (error) => {
        ok(error instanceof LidoError);
        strictEqual(error.code, "journal_corrupt");
        match(error.message, /the main file is missing, and its write-ahead file is not/);
        return true;
      });
      strictEqual(existsSync(path) && statSync(path).size > 0, false);
      deepStrictEqual(readFileSync(`${path}-wal`, "utf8"), "commits");
    }
    writeFileSync(`${path}-wal`, "");
    await migrate(path, [FIRST]);
    strictEqual(look(path).version, 1);
  });
});

Deno.test("migrate() looks at the write-ahead file before SQLite does", async () => {
  await inFolder(async (path) => {
    await migrate(path, [FIRST]);
    writeFileSync(`${path}-wal`, "damaged".repeat(100));
    await rejects(migrate(path, [FIRST]), (error) => {
      ok(error instanceof LidoError);
      strictEqual(error.code, "journal_corrupt");
      match(error.message, /-wal: it is damaged, and 1 commits stand behind the damage/);
      return true;
    });
    strictEqual(statSync(`${path}-wal`).size, 700);
  });
});

Deno.test("migrate() gives tasks of an older file no trace, and leaves what waits in its inbox", async () => {
  await inFolder(async (path) => {
    const before = MIGRATIONS.findIndex(({ name }) => name === "traces of tasks");
    await migrate(path, MIGRATIONS.slice(0, before));
    const waiting = "[[],[],[]]";
    changeJournal(
      path,
      `INSERT INTO tasks (seq, id, pool, type, state, name, priority, submitted_at, code_url,
        code_version, events) VALUES (1, x'01', 1, 'noop', 3, 'old', 0, 1, 'file:///a', 'v', '');
       INSERT INTO inbox VALUES (7, '${waiting}')`,
    );
    await migrate(path);
    const db = new DatabaseSync(path, { readOnly: true });
    const task = db.prepare("SELECT name, traceparent FROM tasks").all().map((row) => ({ ...row }));
    const inbox = db.prepare("SELECT number, tasks FROM inbox").all().map((row) => ({ ...row }));
    db.close();
    deepStrictEqual(task, [{ name: "old", traceparent: null }]);
    deepStrictEqual(inbox, [{ number: 7, tasks: waiting }]);
  });
});

Deno.test("MIGRATIONS are written one after the other, and each has its name", () => {
  strictEqual(new Set(MIGRATIONS.map(({ name }) => name)).size, MIGRATIONS.length);
  ok(MIGRATIONS.every(({ name }) => name !== ""));
});
