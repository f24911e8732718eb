/** The server that `bench-peers` loads: 10,000 tasks are done when it says where it is. */
import { Config, Manager, systemClock } from "../../core/mod.ts";
import { createApp } from "../../routes/app.ts";
import { serve } from "../../routes/server.ts";

const TASKS = 10_000;

/** Fills a server, tells its routes as one JSON line, and serves until it is killed. */
export async function serveTenThousandTasks(isolation: "process" | "thread"): Promise<void> {
  const manager = await Manager.start({ config: Config.parse({}) });
  const { id: poolId } = await manager.createPool({ name: "bench", maxThreads: 5, isolation });
  const submission = { poolId, type: "sleep", input: { seconds: 0 }, priority: 0, tags: [] };
  const ids = await manager.submitBatch(Array.from({ length: TASKS }, () => submission));
  for (const id of ids) await manager.waitForTask(id, { waitMs: 600_000 });
  const app = createApp({
    manager,
    clock: systemClock,
    logError: (error) => {
      throw error;
    },
  });
  const { url } = serve({ app, host: "127.0.0.1", port: 0, onError: reportError });
  const body = { pool_id: poolId, task_name: "bench", task_type: "demo", duration: 0 };
  const routes = {
    url,
    stats: "/api/stats",
    pools: "/api/pools",
    tasks: "/api/tasks?page=1&per_page=10",
    submit: { path: "/api/tasks", body },
  };
  Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(routes)}\n`));
}
