import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { openEngine } from "../helpers/open_engine.ts";
import { EngineWorld } from "./engine_world.ts";
import { testEngine } from "./engine_conformance.ts";

testEngine(
  "LocalEngine",
  ({ finishedTasksMax }) => openEngine(":memory:", { keep: { tasks: finishedTasksMax, ms: null } }),
);

testEngine(
  "LocalEngine with all in its inbox first",
  ({ finishedTasksMax }) =>
    openEngine(":memory:", { keep: { tasks: finishedTasksMax, ms: null }, inboxRowsMin: 0 }),
);

Deno.test("LocalEngine shows a task's end, and counts it, only once it is written", async () => {
  await using world = await EngineWorld.open(() => openEngine());
  const [id = never()] = await world.fill(1);
  world.runner.start(id);
  world.runner.end(id, "done");
  // Nothing was awaited since: the writer has not answered.
  const seen = await world.engine.get(id);
  deepStrictEqual([seen.status.state, world.counts()], ["running", { running: 1 }]);
  strictEqual(await world.stateOf(id), "completed");
  deepStrictEqual(world.counts(), { completed: 1 });
});

function never(): never {
  throw new TypeError("Cannot test: the engine took none");
}
