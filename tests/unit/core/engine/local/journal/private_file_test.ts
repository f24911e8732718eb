import { deepStrictEqual } from "node:assert/strict";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { migrate } from "../../../../../../core/engine/local/journal/migrations.ts";
import { MIGRATIONS } from "../../../../../../core/engine/local/journal/schema.ts";
import { EngineWorld } from "../../../../../conformance/engine_world.ts";
import { openEngine } from "../../../../../helpers/open_engine.ts";
import { until } from "../../../../../helpers/until.ts";

/** What is there while a server runs. */
const LIVE = [
  "journal.sqlite",
  "journal.sqlite-shm",
  "journal.sqlite-wal",
  "lock.sqlite",
  "owner.json",
  "running.ledger",
  "search.sqlite",
  "search.sqlite-shm",
  "search.sqlite-wal",
];

/** Files of a folder, with what others than the owner may do with them. */
function modesOf(folder: string): Record<string, number> {
  return Object.fromEntries(
    readdirSync(folder).sort().map((name) => [name, statSync(join(folder, name)).mode & 0o077]),
  );
}

Deno.test({
  name: "A data folder's files are their owner's alone, whatever the umask allows",
  ignore: Deno.build.os === "windows",
  async fn() {
    const data = await Deno.makeTempDir({ prefix: "lido-modes-" });
    const before = Deno.umask(0o022);
    try {
      {
        await using world = await EngineWorld.open(() => openEngine(data));
        await world.fill(3);
        await until("all files are open", () => {
          const found = new Set(readdirSync(data));
          return LIVE.every((name) => found.has(name));
        });
        const found = modesOf(data);
        deepStrictEqual(Object.keys(found).filter((name) => found[name] !== 0), []);
      }
      const journal = join(data, "journal.sqlite");
      await migrate(journal, [...MIGRATIONS, {
        name: "more",
        sql: "CREATE TABLE more (n INTEGER) STRICT",
      }]);
      deepStrictEqual(modesOf(data)[`journal.sqlite.before-${MIGRATIONS.length + 1}`], 0);
    } finally {
      Deno.umask(before);
    }
    await Deno.remove(data, { recursive: true });
  },
});
