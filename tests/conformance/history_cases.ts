/** The history: what is saved of steps can be read at every length, of one pool and of all. */
import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import type { HistoryPoint } from "../../core/model/history.ts";
import type { PoolId } from "../../core/model/pool.ts";
import { completedRow } from "../helpers/history_file.ts";
import { EngineWorld, type MakeEngine, newPoolId } from "./engine_world.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const T = Date.UTC(2026, 0, 2, 3);

/** Registers the tests. */
export function testHistory(name: string, make: MakeEngine): void {
  Deno.test(`${name}.history.save() keeps steps that can be read at each length`, async () => {
    await using world = await EngineWorld.open(make);
    const other = await world.addPool();
    await save(world, T, world.poolId, 3);
    await save(world, T + 5_000, world.poolId, 4);
    await save(world, T + MINUTE, world.poolId, 5);
    await save(world, T + MINUTE, other, 100);
    await save(world, T + HOUR, null, 7);
    const at = (level: number, stepMs: number, count: number, poolId?: PoolId) =>
      read(world, { level, stepMs, toMs: T + count * stepMs, ...poolId && { poolId } });
    deepStrictEqual(completed(await at(0, 5_000, 3, world.poolId)), [3, 4, 0]);
    deepStrictEqual(completed(await at(1, MINUTE, 3, world.poolId)), [7, 5, 0]);
    deepStrictEqual(completed(await at(1, 2 * MINUTE, 1, world.poolId)), [12]);
    deepStrictEqual(completed(await at(2, HOUR, 1, other)), [100]);
    deepStrictEqual(completed(await at(2, HOUR, 2)), [0, 7]);
  });

  Deno.test(`${name}.history.save() adds to a step that has its row`, async () => {
    await using world = await EngineWorld.open(make);
    await save(world, T, world.poolId, 3);
    await save(world, T, world.poolId, 4);
    const range = { level: 0, stepMs: 5_000, toMs: T + 5_000, poolId: world.poolId };
    const [point] = await read(world, range);
    deepStrictEqual([point?.counts.completed, point?.run?.count, point?.seconds], [7, 7, 10]);
  });

  Deno.test(`${name}.history.read() marks starts and changes of settings`, async () => {
    await using world = await EngineWorld.open(make);
    const nowMs = Date.now();
    const query = { level: 3, stepMs: 24 * HOUR, knownUntilMs: nowMs };
    const range = { fromMs: nowMs - HOUR, toMs: nowMs + HOUR };
    const { markers } = await world.engine.history.read({ ...query, ...range });
    deepStrictEqual(
      markers.map((marker) => marker.kind === "start" ? marker.kind : marker.poolId),
      ["start", world.poolId],
    );
    const before = { fromMs: 0, toMs: nowMs - HOUR };
    deepStrictEqual((await world.engine.history.read({ ...query, ...before })).markers, []);
  });

  Deno.test(`${name}.history.read() throws pool_not_found for a pool that there is not`, async () => {
    await using world = await EngineWorld.open(make);
    const range = { level: 0, stepMs: 5_000, toMs: T + 5_000, poolId: newPoolId() };
    await rejects(read(world, range), { code: "pool_not_found" });
    strictEqual((await read(world, { ...range, poolId: world.poolId })).length, 1);
  });
}

async function save(world: EngineWorld, atMs: number, poolId: PoolId | null, tasks: number) {
  const entries = [{ poolId, row: completedRow(tasks) }];
  await world.engine.history.save({ atMs, nowMs: atMs + 5_000, entries, types: [] });
}

async function read(
  world: EngineWorld,
  range: {
    readonly level: number;
    readonly stepMs: number;
    readonly toMs: number;
    readonly poolId?: PoolId;
  },
): Promise<readonly HistoryPoint[]> {
  const query = { ...range, fromMs: T, knownUntilMs: range.toMs };
  return (await world.engine.history.read(query)).points;
}

function completed(points: readonly HistoryPoint[]): readonly number[] {
  return points.map(({ counts }) => counts.completed);
}
