import { deepStrictEqual, match, rejects, strictEqual } from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { openError } from "../../../../../../core/engine/local/journal/open_error.ts";
import { LidoError } from "../../../../../../core/mod.ts";
import { EngineWorld } from "../../../../../conformance/engine_world.ts";
import { openEngine } from "../../../../../helpers/open_engine.ts";

/** What an act throws. */
function errorOf(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error("It threw nothing");
}

/** Each way in which SQLite, or the system, says no; and what it means. */
function* refusals(folder: string): Generator<readonly [string, string, unknown]> {
  const path = join(folder, "one.sqlite");
  using one = new DatabaseSync(path);
  one.exec("PRAGMA page_size = 512; CREATE TABLE t (text TEXT); PRAGMA max_page_count = 3");
  const insert = "INSERT INTO t VALUES (hex(zeroblob(5000)))";
  yield ["full", "journal_unavailable", errorOf(() => one.exec(insert))];
  yield ["full", "journal_unavailable", errorOf(() => one.prepare(insert).run())];
  one.exec("BEGIN EXCLUSIVE");
  using other = new DatabaseSync(path, { timeout: 0 });
  yield ["busy", "journal_unavailable", errorOf(() => other.exec("SELECT * FROM t"))];
  yield ["busy", "journal_unavailable", errorOf(() => other.prepare("SELECT * FROM t"))];
  mkdirSync(join(folder, "folder"));
  yield ["no file", "journal_unavailable", errorOf(() => new DatabaseSync(join(folder, "folder")))];
  yield ["system", "journal_unavailable", errorOf(() => readFileSync(join(folder, "none")))];
  writeFileSync(join(folder, "text"), "no database ".repeat(100));
  using text = new DatabaseSync(join(folder, "text"));
  yield ["no database", "journal_corrupt", errorOf(() => text.exec("SELECT * FROM t"))];
  yield ["no database", "journal_corrupt", errorOf(() => text.prepare("SELECT * FROM t"))];
  yield ["no table", "journal_corrupt", errorOf(() => one.exec("SELECT * FROM none"))];
  yield ["no JSON", "journal_corrupt", errorOf(() => JSON.parse("{"))];
}

Deno.test("openError() tells a disk that refuses from a file that is damaged", async () => {
  const folder = await Deno.makeTempDir({ prefix: "lido-refusals-" });
  for (const [name, code, error] of refusals(folder)) {
    const { message, ...found } = openError("/data/journal.sqlite", error);
    strictEqual(found.code, code, `${name}: ${message}`);
    match(message, /^Cannot open journal \/data\/journal\.sqlite: /);
    strictEqual(/restore/.test(message), code === "journal_corrupt", message);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("openError() leaves an error of Lido as it is", () => {
  const error = new LidoError("data_folder_unusable", "Cannot use journal: a newer Lido wrote it");
  strictEqual(openError("journal.sqlite", error), error);
});

Deno.test("A journal whose tables are called otherwise than they were is told to be corrupt", async () => {
  const data = await Deno.makeTempDir({ prefix: "lido-schema-" });
  const journal = join(data, "journal.sqlite");
  {
    await using world = await EngineWorld.open(() => openEngine(data));
    await world.fill(1);
  }
  const whole = readFileSync(journal);
  const schema = whole.subarray(0, 8192);
  const names = [
    "run_ms REAL",
    "ever INTEGER",
    "kept INTEGER",
    "stretch INTEGER",
    "attempt INTEGER",
    "tasks_by_key ON",
  ];
  const codes: string[] = [];
  for (const name of names) {
    const bytes = Uint8Array.from(whole);
    const at = schema.indexOf(name);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(journal, bytes);
    await rejects(openEngine(data).then((engine) => engine[Symbol.asyncDispose]()), (error) => {
      codes.push((error as LidoError).code);
      match((error as LidoError).message, /^Cannot (open|read) journal .*/);
      return true;
    }, name);
  }
  deepStrictEqual(codes, names.map(() => "journal_corrupt"));
  await Deno.remove(data, { recursive: true });
});
