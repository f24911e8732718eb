import { deepStrictEqual } from "node:assert/strict";
import { join } from "node:path";
import { Config, Manager, TaskSubmission } from "../../core/mod.ts";
import { until } from "../helpers/until.ts";

Deno.test("The history of a task type has its attempts of all pools, also of earlier lives", async () => {
  const folder = await Deno.makeTempDir({ prefix: "lido-type-history-" });
  const config = Config.parse({ data: join(folder, "data") });
  for (const count of [3, 4]) {
    await using manager = await Manager.start({ config });
    const before = manager.getStats().counts.completed;
    for (const name of ["one", "other"]) {
      const { id: poolId } = await manager.createPool({ name, isolation: "thread" });
      const sleep = TaskSubmission.parse({ poolId, type: "sleep", input: { seconds: 0 } });
      for (let at = 0; at < count; at++) await manager.submit(sleep);
    }
    const wanted = before + 2 * count;
    await until("all have run", () => manager.getStats().counts.completed === wanted);
  }
  await using manager = await Manager.start({ config });
  const completedOf = async (type: string) => {
    const { points, ...history } = await manager.getHistory({ type });
    return [history.type, points.reduce((sum, { counts }) => sum + counts.completed, 0)];
  };
  await until("the last step is over", async () => (await completedOf("sleep"))[1] === 14);
  deepStrictEqual(await completedOf("demo"), ["sleep", 14]);
  deepStrictEqual(await completedOf("primes"), ["primes", 0]);
  await Deno.remove(folder, { recursive: true });
});
