/**
 * The disk stalls beneath the journal: whatever reads goes on, submits wait, and none is lost. The stall
 * is another process' lock on the journal's file: what the writer has to write cannot get there, as on
 * a disk that does not answer.
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { ServerProcess, type WireTask } from "../helpers/server_process.ts";

const TASKS = fileURLToPath(new URL("../fixtures/outside_tasks", import.meta.url));
const SUBMITS = 200;
/** Rounds of reads that the stall lasts for. */
const READS = 20;
/** A submit waits so long for the disk, and is refused then: `BUSY_MS` of the writer. */
const WAITS_MS = 5_000;

Deno.test("while the disk stalls, reads are answered and no submit is lost", async () => {
  const data = await Deno.makeTempDir({ prefix: "lido-stall-" });
  {
    await using server = await ServerProcess.start({ tasks: TASKS, data });
    const pool = await server.openPool({ name: "pool", max_workers: 1 });
    const task = { pool_id: pool.pool_id, task_type: "sleep", input: { seconds: 0 } };
    const first = await server.submit(task);
    await server.ended(first.task_id);

    const other = new DatabaseSync(join(data, "journal.sqlite"));
    other.exec("BEGIN IMMEDIATE");
    const beganMs = performance.now();
    let isStalled = true;
    // None can be on the disk during the stall, so none may be answered.
    let answeredEarly = 0;
    const answers = Array.from({ length: SUBMITS }, async () => {
      const response = await fetch(`${server.url}/api/tasks`, {
        method: "POST",
        body: JSON.stringify(task),
        headers: { "content-type": "application/json" },
      });
      const { data: made } = await response.json();
      if (isStalled && response.status === 202) answeredEarly++;
      return { status: response.status, id: (made as WireTask | undefined)?.task_id };
    });
    const paths = ["/api/tasks", `/api/tasks/${first.task_id}`, "/api/stats", "/api/pools"];
    for (let round = 0; round < READS; round++) {
      for (const path of paths) await server.call("GET", path);
      const live = await fetch(`${server.url}/health/live`);
      strictEqual(live.status, 200);
      await live.body?.cancel();
    }
    isStalled = false;
    const stalledMs = performance.now() - beganMs;
    other.exec("ROLLBACK");
    other.close();
    strictEqual(answeredEarly, 0);

    // Those that were refused said so; all others are there and run.
    const told = await Promise.all(answers);
    const taken = told.flatMap(({ status, id }) => status === 202 && id !== undefined ? [id] : []);
    deepStrictEqual(
      told.filter(({ status }) => status !== 202 && status !== 503).map(({ status }) => status),
      [],
    );
    // On a machine that was held up meanwhile, too, it can have been too long for all of them.
    ok(taken.length > 0 || stalledMs >= WAITS_MS, "No submit waited until the stall was over");
    for (const id of taken) strictEqual((await server.ended(id)).status, "completed");
    const stats = await server.call<Record<string, number>>("GET", "/api/stats");
    strictEqual(stats["completed_tasks"], taken.length + 1);
    strictEqual(stats["total_tasks"], taken.length + 1);
  }
  await Deno.remove(data, { recursive: true });
});
