/** A server that is killed takes all its children with it, whatever they are doing. */
import { strictEqual } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { isGone } from "../helpers/processes.ts";
import { ServerProcess } from "../helpers/server_process.ts";
import { report } from "../helpers/report.ts";
import { until } from "../helpers/until.ts";

const TASKS = fileURLToPath(new URL("./tasks", import.meta.url));

for (const how of ["loop", "atomics_wait", "sqlite", "never_settles"]) {
  Deno.test(`no child outlives a killed server whose tasks are in ${how}`, async () => {
    await using server = await ServerProcess.start({ tasks: TASKS });
    const { pool_id } = await server.openPool({ max_workers: 2 });
    const submission = { pool_id, task_type: "blocker", input: { how, folder: server.folder } };
    await server.submit(submission);
    await server.submit(submission);
    await until("both tasks run on slots of their own", async () => {
      const { workers } = await server.getPool(pool_id);
      return workers.filter(({ running }) => running.length === 1).length === 2;
    });
    const children = await server.kill();
    const killedMs = performance.now();
    strictEqual(children.length >= 2, true);
    await until("all children are gone", () => children.every(isGone));
    report(`${how}: all gone ${(performance.now() - killedMs).toFixed(1)} ms after SIGKILL`);
  });
}
