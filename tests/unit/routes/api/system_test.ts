import { deepStrictEqual, match } from "node:assert/strict";
import { LidoError } from "../../../../core/mod.ts";
import { appWith, readAnswer } from "../../../helpers/app_with.ts";
import { STATS as FAKE_STATS } from "../../../helpers/fake_manager.ts";

const STATS = {
  total_pools: 1,
  total_tasks: 28,
  active_tasks: 7,
  pending_tasks: 3,
  running_tasks: 4,
  completed_tasks: 5,
  failed_tasks: 6,
  cancelled_tasks: 7,
  timed_out_tasks: 1,
  queue_timed_out_tasks: 0,
  rejected_tasks: 9,
  workers: 4,
  busy_workers: 2,
  zombies: 0,
  started_at: "2026-01-02T00:00:00.000Z",
  memory_bytes: 5_000,
};
const TYPE = {
  name: "sleep",
  description: "Sleeps",
  input_schema: { type: "object", properties: { fileName: { type: "string" } } },
  output_schema: null,
  examples: [{ seconds: 1 }],
  url: "file:///types/sleep.task.ts",
  code_version: "0123456789abcdef",
  is_built_in: true,
};
const BROKEN = [{ url: "file:///types/bad.task.ts", reason: "No default export" }];
const FINDING = { name: "workers", is_ok: true, detail: "Started in 12 ms" };
const JOURNAL = { name: "journal counters", is_ok: false, detail: "12 are 11" };
const HEALTHY = { healthy: true, alerts: [], stats: STATS };

const CASES: readonly (readonly [path: string, answer: unknown])[] = [
  ["/api/stats", { success: true, data: STATS }],
  ["/api/doctor", { success: true, data: [FINDING, JOURNAL] }],
  ["/api/types", { success: true, data: [TYPE], broken: BROKEN }],
  ["/api/types/sleep", { success: true, data: TYPE }],
  ["/health", HEALTHY],
  ["/health/live", HEALTHY],
  ["/health/ready", HEALTHY],
];

for (const [path, answer] of CASES) {
  Deno.test(`GET ${path} answers 200 with the whole value`, async () => {
    deepStrictEqual(await readAnswer(appWith().app.request(path)), { status: 200, body: answer });
  });
}

Deno.test("GET /api/types/:name answers 404 for a type that there is not", async () => {
  for (const name of ["nap", "__proto__", "constructor", "%00"]) {
    const response = await appWith().app.request(`/api/types/${name}`);
    const { code } = await response.json();
    deepStrictEqual([response.status, code], [404, "task_type_not_found"]);
  }
});

Deno.test("GET /api/backup answers with the journal's copy as a file, named by the time", async () => {
  const response = await appWith().app.request("/api/backup");
  const names = ["content-type", "content-disposition", "content-length", "cache-control"];
  deepStrictEqual([response.status, ...names.map((name) => response.headers.get(name))], [
    200,
    "application/vnd.sqlite3",
    'attachment; filename="lido-20260102T030407Z.sqlite"',
    "5",
    "no-store",
  ]);
  deepStrictEqual(await response.text(), "whole");
});

Deno.test("HEAD /api/backup makes no copy: nobody would read it", async () => {
  const { app, calls } = appWith();
  const response = await app.request("/api/backup", { method: "HEAD" });
  deepStrictEqual([response.status, calls.length], [200, 0]);
});

Deno.test("GET /api/backup answers 409 while another is made", async () => {
  const { app } = appWith({
    backUp: () => Promise.reject(new LidoError("backup_running", "Cannot back up: another one")),
  });
  const response = await app.request("/api/backup");
  const { code, error } = await response.json();
  deepStrictEqual([response.status, code, error], [
    409,
    "backup_running",
    "Cannot back up: another one",
  ]);
});

Deno.test.each([
  ["/health", 503],
  ["/health/ready", 503],
  ["/health/live", 200],
])("GET %s answers %i when something is wrong", async (path, status) => {
  const shown = { level: "critical", message: "Disk is full" } as const;
  const alert = { ...shown, kind: "journal", poolName: null, count: 0, reason: null } as const;
  const { app } = appWith({
    getHealth: () => ({
      isHealthy: false,
      alerts: [alert],
      stats: FAKE_STATS,
    }),
  });
  deepStrictEqual(await readAnswer(app.request(path)), {
    status,
    body: { healthy: false, alerts: [shown], stats: STATS },
  });
});

Deno.test("GET /health/ready answers 200 while only a pool is not well", async () => {
  const { app } = appWith({
    getHealth: () => ({
      isHealthy: false,
      alerts: [{
        kind: "zombies",
        level: "critical",
        message: "Pool p has 1 zombie threads",
        poolName: "p",
        count: 1,
        reason: null,
      }],
      stats: FAKE_STATS,
    }),
  });
  const statusOf = async (path: string) => (await readAnswer(app.request(path))).status;
  deepStrictEqual(
    [await statusOf("/health"), await statusOf("/health/ready"), await statusOf("/health/live")],
    [503, 200, 200],
  );
});

Deno.test("GET /api/type-shares tells of a window that is named, and refuses others", async () => {
  const asked: number[] = [];
  const { app } = appWith({
    getTypeShares: (windowS) => {
      asked.push(windowS);
      const type = { type: "primes", done: 3, failed: 1, cancelled: 0, runMs: 1_500, share: 1 };
      return { coveredMs: 4_200, types: [type] };
    },
  });
  const { body } = await readAnswer(app.request("/api/type-shares?window=5"));
  deepStrictEqual(body, {
    success: true,
    data: {
      window_s: 5,
      covered_s: 4.2,
      types: [{
        task_type: "primes",
        share: 1,
        run_seconds: 1.5,
        done_attempts: 3,
        failed_attempts: 1,
        cancelled_attempts: 0,
      }],
    },
  });
  await readAnswer(app.request("/api/type-shares"));
  deepStrictEqual(asked, [5, 30]);
  const refused = await readAnswer(app.request("/api/type-shares?window=7"));
  deepStrictEqual(refused.status, 422);
  match(JSON.stringify(refused.body), /"window"/);
});
