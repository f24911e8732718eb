/** The history of real pools: threads that die and are replaced, and a server that is started again. */
import { deepStrictEqual, ok } from "node:assert/strict";
import { Config, type History, Manager, type PoolId, TaskSubmission } from "../../core/mod.ts";
import { GATE_TASKS } from "../helpers/start_pool.ts";
import { until } from "../helpers/until.ts";

const TYPES = ["echo", "fail", "exit", "echo", "echo"] as const;

/** A server's life in a folder. */
async function startManager(data: string): Promise<Manager> {
  return await Manager.start({ config: Config.parse({ data, tasks: GATE_TASKS }) });
}

/** Runs some tasks of each kind to their ends; gives how many. */
async function work(manager: Manager, poolId: PoolId): Promise<number> {
  const tasks = Array.from({ length: 3 }, () => TYPES).flat().map((type) =>
    TaskSubmission.parse({ poolId, type })
  );
  const ids = await manager.submitBatch(tasks);
  for (const id of ids) await manager.waitForTask(id, { waitMs: 30_000 });
  return ids.length;
}

const sumOf = ({ points }: History) => ({
  submitted: sum(points.map(({ counts }) => counts.submitted)),
  completed: sum(points.map(({ counts }) => counts.completed)),
  failed: sum(points.map(({ counts }) => counts.failed)),
  waits: sum(points.map(({ wait }) => wait?.count ?? 0)),
  runs: sum(points.map(({ run }) => run?.count ?? 0)),
});
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

for (const isolation of ["process", "thread"] as const) {
  Deno.test(`Manager.getHistory() has all that pools did, over restarts (isolation ${isolation})`, async () => {
    const data = await Deno.makeTempDir({ prefix: "lido-history-" });
    try {
      const beganMs = Date.now();
      const request = () => ({ fromMs: beganMs, toMs: Date.now(), stepS: 60 });
      let manager = await startManager(data);
      const { id } = await manager.createPool({
        name: "worn",
        maxThreads: 2,
        isolation,
        recycleAfterTasks: 4,
      });
      const tasks = await work(manager, id);
      const now = { submitted: tasks, completed: 9, failed: 6 };
      await until("the history has the tasks", async () => {
        const { completed, failed } = sumOf(
          await manager.getHistory({ ...request(), poolId: id }),
        );
        return completed + failed === tasks;
      });
      const pool = manager.getPool(id);
      const seen = { waits: pool.wait.count, runs: pool.run.count };
      const lived = await manager.getHistory({ ...request(), poolId: id });
      deepStrictEqual(sumOf(lived), { ...now, ...seen });
      // A minute may end meanwhile: then there is more than one point.
      const busyMs = sum(lived.points.map((point) => point.busyMs));
      ok(busyMs > 0 && busyMs < 2 * (Date.now() - beganMs));
      ok(lived.points.some(({ gauges }) => gauges?.maxThreads.max === 2));
      await work(manager, id);
      const again = manager.getPool(id);
      await manager.close();

      manager = await startManager(data);
      await work(manager, id);
      const { wait, run } = manager.getPool(id);
      await manager.close();

      await using last = await startManager(data);
      // What the last life sampled at its end shows with this one's first sample.
      let history = await last.getHistory({ ...request(), poolId: id });
      await until("the history has all lives", async () => {
        history = await last.getHistory({ ...request(), poolId: id });
        const { submitted, completed, failed } = sumOf(history);
        return submitted === 3 * tasks && completed + failed === submitted;
      });
      const { completed, failed } = last.getPool(id).counts;
      deepStrictEqual([completed, failed], [27, 18]);
      deepStrictEqual(sumOf(history), {
        submitted: 3 * tasks,
        completed,
        failed,
        waits: again.wait.count + wait.count,
        runs: again.run.count + run.count,
      });
      await until("the sum over all pools has them, too", async () => {
        const all = sumOf(await last.getHistory(request()));
        return JSON.stringify(all) === JSON.stringify(sumOf(history));
      });
      const starts = history.markers.filter(({ kind }) => kind === "start");
      deepStrictEqual(starts.map((marker) => marker.kind === "start" && marker.wasClosed), [
        true,
        true,
        true,
      ]);
    } finally {
      await Deno.remove(data, { recursive: true });
    }
  });
}
