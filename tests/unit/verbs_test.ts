/**
 * What the API can do, the commands and the pages can do, too: each operation has its command and its
 * place in the web admin, or a reason why not.
 */
import { deepStrictEqual, ok } from "node:assert/strict";
import { OPERATIONS } from "../../routes/api/openapi/document.ts";
import { appWith } from "../helpers/app_with.ts";
import { run } from "./cli/fake_world.ts";

interface Places {
  /** A command, or why there is none. */
  readonly command: string | { readonly none: string };
  /** A route of the pages, or why there is none. */
  readonly page: string | { readonly none: string };
}

const READ_BY_PROGRAMS = "made for programs";
const LOGS = "how much is logged is for whoever runs the server";
const CHARTS = "charts want a screen; top has what is so now";

const VERBS: Readonly<Record<string, Places>> = {
  listPools: { command: "pool list", page: "GET /pools" },
  createPool: { command: "pool create", page: "POST /pools" },
  getPool: { command: "pool show", page: "GET /pools/:id" },
  changePool: { command: "pool settings", page: "POST /pools/:id/settings" },
  closePool: { command: "pool close", page: "POST /pools/:id/drain" },
  drainPool: { command: "pool drain", page: "POST /pools/:id/drain" },
  forceClosePool: { command: "pool force-close", page: "POST /pools/:id/force-close" },
  resizePool: { command: "pool resize", page: "POST /pools/:id/resize" },
  getResizeInfo: { command: "pool sizing", page: "GET /pools/:id" },
  listSettings: { command: "pool versions", page: "GET /pools/:id" },
  revertPool: { command: "pool revert", page: "POST /pools/:id/revert" },
  recyclePool: { command: "pool recycle", page: "POST /pools/:id/recycle" },
  pausePool: { command: "pool pause", page: "POST /pools/:id/pause" },
  resumePool: { command: "pool resume", page: "POST /pools/:id/resume" },
  cancelPoolTasks: { command: "pool cancel-pending", page: "POST /pools/:id/cancel-pending" },
  getPoolHistory: { command: { none: CHARTS }, page: "GET /pools/:id" },
  listTasks: { command: "task list", page: "GET /tasks" },
  submitTask: { command: "submit", page: "POST /submit" },
  submitBatch: { command: "submit", page: "POST /submit/batch" },
  startBulkOperation: { command: "task bulk", page: "POST /tasks/bulk" },
  getBulkOperation: { command: "task bulk", page: "GET /tasks/bulk/:id" },
  endBulkOperation: {
    command: { none: "the command waits for the end; the page can end it" },
    page: "POST /tasks/bulk/:id/end",
  },
  getTask: { command: "task show", page: "GET /tasks/:id" },
  exportTasks: { command: "task export", page: "GET /tasks/export" },
  changeTask: { command: "task change", page: "POST /tasks/:id/change" },
  cancelTask: { command: "task cancel", page: "POST /tasks/:id/cancel" },
  stopTask: { command: "task stop", page: "POST /tasks/:id/stop" },
  submitAgain: { command: "task again", page: "POST /tasks/:id/again" },
  listTaskLogs: { command: "task logs", page: "GET /tasks/:id" },
  listTaskEvents: { command: { none: "show has what matters of them" }, page: "GET /tasks/:id" },
  listTaskAttempts: { command: { none: "show has the last one" }, page: "GET /tasks/:id" },
  listAlertChannels: { command: "alert channels", page: "GET /alerts" },
  saveAlertChannel: { command: "alert channel-set", page: "POST /alerts/channels" },
  removeAlertChannel: { command: "alert channel-remove", page: "POST /alerts/channels/remove" },
  testAlertChannel: { command: "alert channel-test", page: "POST /alerts/channels/test" },
  listAlertDeliveries: { command: "alert deliveries", page: "GET /alerts" },
  listTaskTypes: { command: "types", page: "GET /types" },
  getTaskType: { command: "types", page: "GET /types" },
  listViews: { command: { none: "views are of the pages" }, page: "GET /tasks" },
  saveView: { command: { none: "views are of the pages" }, page: "POST /tasks/views" },
  removeView: { command: { none: "views are of the pages" }, page: "POST /tasks/views/remove" },
  listAlerts: { command: "alert list", page: "GET /alerts" },
  acknowledgeAlert: { command: "alert ack", page: "POST /alerts/:id/acknowledge" },
  listAlertRules: { command: "alert rules", page: "GET /alerts" },
  getAlertRule: { command: "alert show", page: "GET /alerts/rules/edit" },
  saveAlertRule: { command: "alert set", page: "POST /alerts/rules" },
  removeAlertRule: { command: "alert remove", page: "POST /alerts/rules/remove" },
  silenceAlertRule: { command: "alert silence", page: "POST /alerts/rules/silence" },
  getStats: { command: "top", page: "GET /strip" },
  getTypeShares: { command: "top", page: "GET /" },
  getHistory: { command: { none: CHARTS }, page: "GET /" },
  followEvents: {
    command: { none: READ_BY_PROGRAMS },
    page: { none: "pages look again at a pace that whoever reads them chooses" },
  },
  getLogLevel: { command: "log-level", page: { none: LOGS } },
  setLogLevel: { command: "log-level", page: { none: LOGS } },
  getDoctor: { command: "doctor", page: { none: "a self-test is for whoever runs the server" } },
  downloadBackup: { command: "backup", page: { none: "a backup is for whoever runs the server" } },
  getOpenApi: { command: { none: READ_BY_PROGRAMS }, page: "GET /api/docs" },
  getHealth: { command: "doctor", page: "GET /" },
  getMetrics: { command: { none: READ_BY_PROGRAMS }, page: { none: "read by monitors" } },
  getReadiness: { command: { none: "made for probes" }, page: { none: "made for probes" } },
  getLiveness: { command: { none: "made for probes" }, page: { none: "made for probes" } },
};

Deno.test("Each operation has its places in the commands and the pages, or a reason", () => {
  deepStrictEqual(Object.keys(VERBS).sort(), OPERATIONS.map(({ id }) => id).sort());
});

Deno.test("The commands that stand for operations are there", async () => {
  const commands = Object.values(VERBS)
    .flatMap(({ command }) => typeof command === "string" ? [command] : []);
  for (const command of new Set(commands)) {
    const { code, out } = await run([...command.split(" "), "--help"]);
    deepStrictEqual(code, 0, command);
    ok(out.includes(`deno task ${command}`), out);
  }
});

Deno.test("The pages that stand for operations are there", () => {
  const routes = new Set(
    appWith().app.routes.map(({ method, path }) => `${method} ${path.replace(/(.)\/$/, "$1")}`),
  );
  for (const { page } of Object.values(VERBS)) {
    if (typeof page === "string") ok(routes.has(page), page);
  }
});
