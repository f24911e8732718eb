/** What an engine tells an operator. */
import { deepStrictEqual, rejects } from "node:assert/strict";
import { join } from "node:path";
import { EngineWorld } from "../../../../conformance/engine_world.ts";
import { keepLog } from "../../../../helpers/log_lines.ts";
import { openEngine } from "../../../../helpers/open_engine.ts";
import { changeJournal } from "../../../../helpers/stored_journal.ts";
import { until } from "../../../../helpers/until.ts";

const REFUSE = `CREATE TRIGGER refuse BEFORE INSERT ON tasks
  BEGIN SELECT RAISE(ABORT, 'the table takes nothing'); END`;

Deno.test("LocalEngine logs once that the disk refuses, and once that it takes writes again", async () => {
  await using log = keepLog();
  const data = await Deno.makeTempDir();
  {
    await using world = await EngineWorld.open(() => openEngine(data));
    const path = join(data, "journal.sqlite");
    changeJournal(path, REFUSE);
    await rejects(world.engine.enqueueOne(world.task()), { code: "journal_unavailable" });
    await rejects(world.engine.enqueueOne(world.task()), { code: "journal_unavailable" });
    changeJournal(path, "DROP TRIGGER refuse");
    await until("it takes writes", () => world.engine.failure === undefined);
    await world.engine.enqueueOne(world.task());
  }
  deepStrictEqual(
    log.read().map(({ level, message, properties }) => [level, message, properties.reason]),
    [
      ["ERROR", "Journal refuses writes", "Cannot write to the journal: the table takes nothing"],
      ["INFO", "Journal takes writes again", undefined],
    ],
  );
  await Deno.remove(data, { recursive: true });
});

Deno.test("LocalEngine logs each task's end at the level debug, and at no other", async () => {
  await using log = keepLog();
  await using world = await EngineWorld.open(() => openEngine());
  const [quiet = "", done = "", failed = "", withdrawn = ""] = await world.fill(4);
  const end = async (id: string, kind: "done" | "failed") => {
    world.runner.start(id);
    world.runner.end(id, kind);
    await world.engine.flush();
  };
  await end(quiet, "failed");
  log.logging.level.set({ level: "debug", forMs: null });
  await end(done, "done");
  await end(failed, "failed");
  await world.engine.cancelPending(world.poolId, "Enough");
  await world.engine.flush();
  const ends = log.read().filter(({ message }) => message === "Task ended");
  const of = { poolId: world.poolId, type: "noop", attempt: 1 };
  deepStrictEqual(ends.map(({ level, properties }) => [level, properties]), [
    ["DEBUG", { ...of, taskId: done, state: "completed", runMs: 5, code: null }],
    ["DEBUG", { ...of, taskId: failed, state: "failed", runMs: 5, code: "task_error" }],
    ["DEBUG", { ...of, taskId: withdrawn, state: "cancelled", runMs: null, code: null }],
  ]);
});
