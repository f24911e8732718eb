/** What becomes of pools that are closed. */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { Config } from "../../../core/config.ts";
import { Manager } from "../../../core/manager.ts";
import type { PoolSnapshot } from "../../../core/model/pool.ts";
import { TaskSubmission } from "../../../core/model/task.ts";
import { until } from "../../helpers/until.ts";
import { within } from "../../helpers/within.ts";

Deno.test("PoolHouse holds nothing of a closed pool's threads", async () => {
  const script = fileURLToPath(new URL("../../fixtures/closed_pools.ts", import.meta.url));
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--v8-flags=--expose-gc", script],
  }).output();
  strictEqual(code, 0, new TextDecoder().decode(stderr));
  strictEqual(new TextDecoder().decode(stdout), "0");
});

Deno.test("PoolHouse tells of a closed pool what it told, and in the next life but for the times", async () => {
  const data = await Deno.makeTempDir({ prefix: "lido-house-" });
  const config = Config.parse({ data });
  try {
    const first = await Manager.start({ config });
    const { id } = await first.createPool({ name: "mine", isolation: "thread" });
    const keyed = TaskSubmission.parse({
      poolId: id,
      type: "sleep",
      input: { seconds: 0 },
      idempotencyKey: "once",
    });
    const { task } = await first.submit(keyed);
    await first.waitForTask(task.id, { waitMs: 30_000 });
    const { wait, run } = first.getPool(id);
    await first.closePool(id);
    await until("the pool is closed", () => first.getPool(id).state === "closed");
    const look = async (manager: Manager) => ({
      pool: manager.getPool(id),
      versions: await manager.listSettingsVersions(id),
      task: await manager.getTask(task.id),
      again: await manager.submit(keyed),
      cancelled: await manager.cancelPending(id),
      canResize: (await manager.readResizeInfo(id)).canResize,
    });
    const seen = await look(first);
    const slots: PoolSnapshot["slots"] = [];
    const { counts } = seen.pool;
    deepStrictEqual({ ...seen.pool, wait, run, slots }, seen.pool);
    deepStrictEqual([run.count, counts.completed, seen.again.isNew, seen.cancelled], [
      1,
      1,
      false,
      0,
    ]);
    await within("the manager is closed", first.close());
    const next = await Manager.start({ config });
    const nothing = next.listPools()[0]?.run;
    const again = await look(next);
    deepStrictEqual(again, { ...seen, pool: { ...seen.pool, wait: nothing, run: nothing } });
    await within("the next one is closed", next.close());
  } finally {
    await Deno.remove(data, { recursive: true });
  }
});
