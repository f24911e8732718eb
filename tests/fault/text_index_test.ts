/**
 * The text index cannot be opened, or is damaged: searches find all that there is meanwhile, it is told
 * once, another index is made of the journal, and the engine can be closed whatever became of it.
 */
import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { PoolRecord } from "../../core/engine/engine.ts";
import type { LocalEngine } from "../../core/engine/local/local_engine.ts";
import { EngineWorld } from "../conformance/engine_world.ts";
import { openEngine } from "../helpers/open_engine.ts";
import { startServer } from "../helpers/start_server.ts";
import { changeJournal } from "../helpers/stored_journal.ts";
import { until } from "../helpers/until.ts";

const TASKS = 300;
const WORD = "needle";

/** How far the index in a file is; undefined while it cannot be read. */
function indexedSeq(path: string): number | undefined {
  try {
    using db = new DatabaseSync(path, { readOnly: true });
    return Number(db.prepare("SELECT seq FROM progress").get()?.["seq"]);
  } catch {
    return undefined;
  }
}

function isUpToDate(path: string): boolean {
  return indexedSeq(path) === TASKS;
}

/** A data folder with tasks of which one has the word, and its index. */
async function makeFolder(): Promise<{ data: string; search: string; id: string }> {
  const data = await Deno.makeTempDir({ prefix: "lido-index-" });
  const search = join(data, "search.sqlite");
  await using world = await EngineWorld.open(() => openEngine(data));
  const tasks = Array.from({ length: TASKS }, (_, at) => world.task({ name: `task ${at} of hay` }));
  const one = world.task({ name: `a ${WORD} of hay` });
  await world.engine.enqueue([...tasks.slice(1), one]);
  await until("all is in the index", () => isUpToDate(search));
  return { data, search, id: one.id };
}

async function find(engine: LocalEngine): Promise<readonly string[]> {
  const { tasks } = await engine.list({ text: WORD }, { page: 1, perPage: 10 });
  return tasks.map(({ id }) => id);
}

/** Opens an engine that gathers what nobody waits for. */
async function openTold(data: string): Promise<{ engine: LocalEngine; told: Error[] }> {
  const told: Error[] = [];
  const onError = (error: unknown) => told.push(error as Error); // it is told nothing else
  const engine = await openEngine(data, { onError });
  const pool = engine.pools[0] as PoolRecord; // the world's
  EngineWorld.reopen(engine, pool);
  return { engine, told };
}

Deno.test("A text index that cannot be opened is told once, and searches do without", async () => {
  const { data, search, id } = await makeFolder();
  for (const end of ["", "-wal", "-shm"]) await Deno.remove(search + end).catch(() => {});
  mkdirSync(search);
  const { engine, told } = await openTold(data);
  {
    await using _engine = engine;
    await until("it is told", () => told.length > 0);
    deepStrictEqual(await find(engine), [id]);
    rmdirSync(search);
    await until("another is made", () => isUpToDate(search));
    deepStrictEqual(await find(engine), [id]);
  }
  match(told[0]?.message ?? "", /^Cannot bring the text index up to date: unable to open/);
  strictEqual(told.length, 1);
  await Deno.remove(data, { recursive: true });
});

Deno.test("An engine whose text index cannot be opened can be closed", async () => {
  const { data, search } = await makeFolder();
  for (const end of ["", "-wal", "-shm"]) await Deno.remove(search + end).catch(() => {});
  mkdirSync(search);
  const { engine, told } = await openTold(data);
  await until("it is told", () => told.length > 0);
  await engine[Symbol.asyncDispose]();
  await Deno.remove(data, { recursive: true });
});

Deno.test("start logs what fails where nobody waits for it", async () => {
  const data = await Deno.makeTempDir({ prefix: "lido-index-" });
  const log = join(data, "server.log");
  mkdirSync(join(data, "search.sqlite"));
  await using server = await startServer({ flags: ["--data", data, "--log-file", log] });
  const failure = "Cannot bring the text index up to date: ";
  await until("it is in the log", () => readFileSync(log, "utf8").includes(failure));
  const lines = readFileSync(log, "utf8").trim().split("\n");
  const line = lines.find((one) => one.includes(failure)) ?? "{}";
  strictEqual(JSON.parse(line).message, "Something failed that nobody waited for");
  strictEqual((await server.stop()).code, 0);
  await Deno.remove(data, { recursive: true });
});

/** What damages an index that nobody has open. */
const DAMAGE: Readonly<Record<string, (search: string) => void>> = {
  "is no database": (search) => writeFileSync(search, "no database ".repeat(1_000)),
  "has a table of another name": (search) =>
    changeJournal(search, "ALTER TABLE progress RENAME TO regress"),
  "has a header alone": (search) => {
    const bytes = readFileSync(search);
    writeFileSync(search, bytes.fill(0xff, 4096));
  },
};

for (const [what, damage] of Object.entries(DAMAGE)) {
  Deno.test(`A text index that ${what} is told once, and made anew`, async () => {
    const { data, search, id } = await makeFolder();
    damage(search);
    const { engine, told } = await openTold(data);
    {
      await using _engine = engine;
      deepStrictEqual(await find(engine), [id]);
      await until("it is told", () => told.length > 0);
      await until("another is made", () => isUpToDate(search));
      deepStrictEqual(await find(engine), [id]);
      strictEqual(engine.damage, undefined);
    }
    deepStrictEqual(told.map(({ message }) => message.replace(/: .*; /, ": …; ")), [
      `Cannot use text index ${search}: …; it is made anew from the journal`,
    ]);
    await Deno.remove(data, { recursive: true });
  });
}

Deno.test("A search that finds the text index damaged does without, and has it made anew", async () => {
  const { data, search, id } = await makeFolder();
  {
    using db = new DatabaseSync(search);
    const rows = db.prepare(
      "SELECT pageno FROM dbstat WHERE name LIKE 'texts%' AND pagetype = 'leaf'",
    );
    const pages = rows.all().map(({ pageno }) => Number(pageno));
    const { page_size } = db.prepare("PRAGMA page_size").get() ?? {};
    db.close();
    const bytes = readFileSync(search);
    for (const page of pages) {
      bytes.fill(0xff, (page - 1) * Number(page_size), page * Number(page_size));
    }
    writeFileSync(search, bytes);
  }
  const { engine, told } = await openTold(data);
  {
    await using _engine = engine;
    deepStrictEqual(await find(engine), [id]);
    await until("it is told", () => told.length > 0);
    await until("another is made", () => isUpToDate(search));
    deepStrictEqual(await find(engine), [id]);
  }
  // Whoever found it, a search or the index itself.
  for (const { message } of told) match(message, /it is made anew from the journal$/);
  await Deno.remove(data, { recursive: true });
});
