/** What an engine does while the disk refuses. */
import { rejects, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { PoolSettings } from "../../../../../core/model/pool.ts";
import { EngineWorld } from "../../../../conformance/engine_world.ts";
import { openEngine } from "../../../../helpers/open_engine.ts";
import { refuseWrites, takeWrites } from "../../../../helpers/refusing_journal.ts";
import { ScriptedRunner } from "../../../../helpers/scripted_runner.ts";
import { until } from "../../../../helpers/until.ts";

Deno.test("LocalEngine holds its pools, also those that come, until the disk takes writes again", async () => {
  const data = await Deno.makeTempDir();
  {
    await using world = await EngineWorld.open(() => openEngine(data));
    const { engine, runner } = world;
    const path = join(data, "journal.sqlite");
    refuseWrites(path);
    await rejects(engine.enqueueOne(world.task()), { code: "journal_unavailable" });
    strictEqual(runner.isHeld, true);
    const later = new ScriptedRunner();
    engine.attach(world.poolId, later, PoolSettings.parse({ name: "a pool" }));
    strictEqual(later.isHeld, true);
    takeWrites(path);
    await until("it takes writes", () => engine.failure === undefined);
    strictEqual(later.isHeld, false);
  }
  await Deno.remove(data, { recursive: true });
});
