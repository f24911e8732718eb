/**
 * How soon the end of a killed slot is told, and how soon another stands in its place. Nothing here
 * asserts a time: a machine that does other things is slow. `TEST_KILLS=200` for the full measure.
 */
import { deepStrictEqual, match, ok } from "node:assert/strict";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { isGone } from "../helpers/processes.ts";
import { report } from "../helpers/report.ts";
import { until } from "../helpers/until.ts";
import { Config, Manager, type PoolId, TaskSubmission } from "../../core/mod.ts";

const KILLS = Number(Deno.env.get("TEST_KILLS") ?? "20");
const TASKS = fileURLToPath(new URL("./tasks", import.meta.url));
const RUN_MS_MAX = 30;

Deno.test("a killed slot fails its task as thread_killed, and another takes its place", async () => {
  await using manager = await Manager.start({
    config: Config.parse({ data: ":memory:", tasks: TASKS }),
  });
  const { id: poolId } = await manager.createPool({ name: "killed", minThreads: 1, maxThreads: 1 });
  await good(manager, poolId);
  const outcomes: number[] = [];
  const replacements: number[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    const { toOutcomeMs, toReadyMs } = await killOnce(manager, poolId);
    outcomes.push(toOutcomeMs);
    replacements.push(toReadyMs);
  }
  report(`${KILLS} kills on ${availableParallelism()} cores, milliseconds`);
  report(`SIGKILL to outcome: ${percentiles(outcomes)}`);
  report(`SIGKILL to replacement ready: ${percentiles(replacements)}`);
});

async function killOnce(manager: Manager, poolId: PoolId) {
  const { task } = await manager.submit(submission(poolId, "blocker", { how: "loop", folder: "" }));
  await until("the loop runs", () => manager.getPool(poolId).slots[0]?.running.length === 1);
  const pid = manager.getPool(poolId).slots[0]?.pid;
  ok(typeof pid === "number");
  // At any moment of the task, not only at its start.
  await new Promise((resolve) => setTimeout(resolve, Math.random() * RUN_MS_MAX));
  const killedMs = performance.now();
  Deno.kill(pid, "SIGKILL");
  const { status } = await manager.waitForTask(task.id, { waitMs: 30_000 });
  const toOutcomeMs = performance.now() - killedMs;
  ok(status.state === "failed", status.state);
  deepStrictEqual([status.failure.code, isGone(pid)], ["thread_killed", true]);
  match(status.failure.message, /SIGKILL/);
  await until("the replacement is ready", () => {
    const [slot] = manager.getPool(poolId).slots;
    return slot?.state === "idle" && slot.pid !== pid;
  });
  const toReadyMs = performance.now() - killedMs;
  await good(manager, poolId);
  return { toOutcomeMs, toReadyMs };
}

async function good(manager: Manager, poolId: PoolId): Promise<void> {
  const { task } = await manager.submit(submission(poolId, "good", {}));
  const { status, attempt } = await manager.waitForTask(task.id, { waitMs: 30_000 });
  deepStrictEqual([status.state, attempt], ["completed", 1]);
}

function submission(poolId: PoolId, type: string, input: object) {
  return TaskSubmission.parse({ poolId, type, input });
}

function percentiles(values: readonly number[]): string {
  const sorted = values.toSorted((one, other) => one - other);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]?.toFixed(1);
  return `p50 ${at(0.5)}, p99 ${at(0.99)}, max ${sorted.at(-1)?.toFixed(1)}`;
}
