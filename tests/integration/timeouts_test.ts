/** What ran too long and what waited too long are told apart wherever they are counted. */
import { deepStrictEqual } from "node:assert/strict";
import { join } from "node:path";
import { Config, Manager, TaskSubmission } from "../../core/mod.ts";
import { until } from "../helpers/until.ts";

Deno.test("Run and queue timeouts have a count each, in metrics too, also after a restart", async () => {
  const data = await Deno.makeTempDir({ prefix: "lido-timeouts-" });
  const config = Config.parse({ data: join(data, "data") });
  const seen: unknown[] = [];
  {
    await using manager = await Manager.start({ config });
    const { id: poolId } = await manager.createPool({
      name: "limits",
      isolation: "thread",
      maxThreads: 1,
    });
    const sleep = TaskSubmission.parse({ poolId, type: "sleep", input: { seconds: 600 } });
    const { task } = await manager.submit(sleep);
    await until("it runs", async () => (await manager.getTask(task.id)).status.state === "running");
    // Not before: it could wait too long itself.
    await manager.changePool(poolId, { queueTimeoutMs: 100 });
    for (let count = 0; count < 2; count++) await manager.submit(sleep);
    await until("two have ended", () => manager.getStats().counts.failed === 2);
    await manager.changePool(poolId, { queueTimeoutMs: null });
    await manager.stopTask(task.id, { graceMs: 0 });
    await manager.submit({ ...sleep, runTimeoutMs: 100 });
    await until("three have ended", () => manager.getStats().counts.failed === 3);
    const { timedOut, queueTimedOut } = manager.getPool(poolId).counts;
    seen.push([timedOut, queueTimedOut], limitsOf(manager));
  }
  await using again = await Manager.start({ config });
  const { timedOut, queueTimedOut } = again.getStats().counts;
  seen.push([timedOut, queueTimedOut], limitsOf(again));
  const limits = { run: 1, queue: 2 };
  deepStrictEqual(seen, [[3, 2], limits, [3, 2], limits]);
  await Deno.remove(data, { recursive: true });
});

function limitsOf(manager: Manager): Record<string, number> {
  const family = manager.readMetrics().find(({ name }) =>
    name === "lido_server_tasks_timed_out_total"
  );
  if (family?.kind !== "counter") throw new TypeError("There is no such counter");
  return Object.fromEntries(family.samples.map(({ labels, value }) => [labels["limit"], value]));
}
