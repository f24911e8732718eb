/** Damage that only a read finds: it is told, health has it, and the server goes on with the rest. */
import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { LocalEngine } from "../../core/engine/local/local_engine.ts";
import type { TaskId } from "../../core/mod.ts";
import { EngineWorld } from "../conformance/engine_world.ts";
import { managedApp } from "../helpers/managed_app.ts";
import { openEngine } from "../helpers/open_engine.ts";
import { changeJournal } from "../helpers/stored_journal.ts";

/** Makes the page on which a table begins unreadable, in a journal that nobody has open. */
function spoilTable(journal: string, table: string): void {
  using db = new DatabaseSync(journal);
  const row = db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = ?").get(table);
  const bytes = readFileSync(journal);
  const pageBytes = bytes.readUInt16BE(16);
  const at = (Number(row?.["rootpage"]) - 1) * pageBytes;
  writeFileSync(journal, bytes.fill(0xff, at, at + pageBytes));
}

interface Case {
  readonly what: string;
  damage(journal: string): void;
  read(engine: LocalEngine, id: TaskId): Promise<unknown>;
}

const CASES: readonly Case[] = [
  {
    what: "a page that a reader's thread needs",
    damage: (journal) => spoilTable(journal, "logs"),
    read: (engine, id) => engine.readLogs(id),
  },
  {
    what: "JSON that a reader's thread parses",
    damage: (journal) => changeJournal(journal, "UPDATE tasks SET events = '[1,'"),
    read: (engine, id) => engine.readEvents(id),
  },
  {
    what: "JSON that SQLite parses",
    damage: (journal) => changeJournal(journal, "UPDATE tasks SET input = '{\"a\":'"),
    read: (engine) => engine.list({ input: [{ path: ["a"], value: 1 }] }, { page: 1, perPage: 10 }),
  },
  {
    what: "JSON that the server parses",
    damage: (journal) => changeJournal(journal, "UPDATE tasks SET notes = '{'"),
    read: (engine, id) => engine.get(id),
  },
];

for (const { what, damage, read } of CASES) {
  Deno.test(`Damage of ${what} is told once, and remembered`, async () => {
    const data = await Deno.makeTempDir({ prefix: "lido-damage-" });
    let id: TaskId;
    {
      await using world = await EngineWorld.open(() => openEngine(data));
      const task = world.task({ inputJson: '{"a":1}' });
      await world.engine.enqueue([task]);
      id = task.id;
    }
    damage(join(data, "journal.sqlite"));
    const told: unknown[] = [];
    {
      await using engine = await openEngine(data, { onError: (error) => told.push(error) });
      deepStrictEqual([engine.damage, told], [undefined, []]);
      for (let times = 0; times < 2; times++) {
        await rejects(read(engine, id), { code: "journal_corrupt" });
      }
      strictEqual(engine.damage?.code, "journal_corrupt");
      deepStrictEqual(told, [engine.damage]);
    }
    await Deno.remove(data, { recursive: true });
  });
}

Deno.test("A server that read damage is unhealthy with a reason, and goes on", async () => {
  const data = await Deno.makeTempDir({ prefix: "lido-damage-" });
  await (await managedApp({ data }))[Symbol.asyncDispose]();
  spoilTable(join(data, "journal.sqlite"), "logs");
  {
    await using app = await managedApp({ data });
    const [pool] = app.manager.listPools();
    const body = { pool_id: pool?.id, task_type: "sleep", input: { seconds: 0 } };
    const submit = async () => {
      const { status, body: answer } = await app.ask("POST", "/api/tasks", body);
      strictEqual(status, 202);
      return (answer as { data: { task_id: string } }).data.task_id;
    };
    const task = await submit();
    strictEqual((await app.ask("GET", "/health")).status, 200);
    const { status, body: problem } = await app.ask("GET", `/api/tasks/${task}/logs`);
    deepStrictEqual([status, (problem as { code: string }).code], [500, "journal_corrupt"]);
    const health = await app.ask("GET", "/health");
    strictEqual(health.status, 503);
    ok(JSON.stringify(health.body).includes("A read found the journal damaged"));
    strictEqual((await app.ask("GET", "/health/live")).status, 200);
    await submit();
  }
  await Deno.remove(data, { recursive: true });
});
