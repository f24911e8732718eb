/** `/tasks/:id`: one task, and what is done to it. */
import { Hono } from "hono";
import type { Child } from "hono/jsx";
import type { TaskSnapshot } from "../../core/mod.ts";
import { EndQuestion } from "../../views/pages/pool_questions.tsx";
import { TaskPage } from "../../views/pages/task.tsx";
import { TASK_TABS, type TaskPart, type TaskTab } from "../../views/pages/task_part.tsx";
import { submitOptions } from "../submit_options.ts";
import type { AppEnv } from "../app_env.ts";
import { readTaskId } from "../api/query.ts";
import { hideSecrets } from "../present/secrets.ts";
import { presentTask } from "../present/task.ts";
import {
  presentAttempts,
  presentEvents,
  presentInput,
  presentLogs,
  presentRaw,
  presentResult,
  presentTaskPage,
} from "../present/task_page.ts";
import { writeJson } from "../present/write_json.ts";
import { addTaskChange } from "./task_change.tsx";
import { typeOf } from "./submit.tsx";
import { type Desk, Visit } from "./visit.tsx";

/** Runs of the same type that the page shows beside the task. */
const RECENT_MAX = 60;

/** Makes the routes of one task, below `/tasks`. */
export function taskPageRoutes(desk: Desk): Hono<AppEnv> {
  const routes = new Hono<AppEnv>();
  routes.get("/:id", async (c) => {
    const visit = new Visit(c, desk);
    const id = readTaskId(c.req.param("id"));
    const task = await desk.manager.getTask(id);
    const tab = TASK_TABS.find((one) => one === c.req.query("tab")) ?? "result";
    return await visit.live({
      place: "tasks",
      title: task.name,
      parts: async () => ({ body: <TaskPage model={await present(visit, task, tab)} /> }),
      variant: visit.path,
    });
  });
  addTaskChange(routes, desk);
  for (const verb of ["cancel", "stop"] as const) {
    routes.get(`/:id/${verb}`, async (c) => {
      const visit = new Visit(c, desk);
      const task = await desk.manager.getTask(readTaskId(c.req.param("id")));
      return await visit.dialog("tasks", task.name, question(visit, task, verb));
    });
  }
  routes.post("/:id/cancel", async (c) => {
    const visit = new Visit(c, desk);
    const task = await desk.manager.cancelTask(readTaskId(c.req.param("id")));
    return visit.done(
      visit.language.t.task.cancelled(task.name),
      visit.backOr(`/tasks/${task.id}`),
    );
  });
  routes.post("/:id/stop", async (c) => {
    const visit = new Visit(c, desk);
    const { t } = visit.language;
    const isHard = isHardStop(visit);
    const id = readTaskId(c.req.param("id"));
    const { name, status } = await desk.manager.stopTask(id, isHard ? { graceMs: 0 } : {});
    const back = visit.backOr(`/tasks/${id}`);
    if (status.state === "running" && status.isZombie) {
      return visit.done(t.task.stopVain(name), back, { level: "error" });
    }
    return visit.done((isHard ? t.task.stoppedHard : t.task.stopping)(name), back);
  });
  routes.post("/:id/again", async (c) => {
    const visit = new Visit(c, desk);
    const task = await desk.manager.submitAgain(readTaskId(c.req.param("id")), submitOptions(c));
    const text = visit.language.t.task.again(task.name);
    return visit.done(text, `/tasks/${task.id}`, { leads: true });
  });
  return routes;
}

function isHardStop({ c }: Visit): boolean {
  return c.req.query("grace_ms") === "0";
}

function question(visit: Visit, { id, name }: TaskSnapshot, verb: "cancel" | "stop"): Child {
  const { t } = visit.language;
  const href = `/tasks/${id}`;
  const shared = { back: visit.backOr(href), name, mustType: false };
  if (verb === "cancel") {
    return (
      <EndQuestion
        {...shared}
        action={`${href}/cancel`}
        title={t.task.cancelTitle(name)}
        text={t.task.cancelText}
        submit={t.action.cancel}
      />
    );
  }
  const isHard = isHardStop(visit);
  return (
    <EndQuestion
      {...shared}
      action={isHard ? `${href}/stop?grace_ms=0` : `${href}/stop`}
      title={t.task.stopTitle(name)}
      text={isHard ? t.task.stopHardText : t.task.stopText}
      submit={isHard ? t.task.stopHard : t.action.stop}
    />
  );
}

async function present(visit: Visit, task: TaskSnapshot, tab: TaskTab) {
  const { desk: { manager }, language } = visit;
  const filter = { type: task.type, states: ["completed", "failed"] } as const;
  const recent = await manager.listTasks(filter, { page: 1, perPage: RECENT_MAX });
  return presentTaskPage(task, {
    poolName: (id) => manager.findPoolName(id) ?? id.slice(-8),
    language,
    isTypeKnown: manager.listTaskTypes().some(({ name }) => name === task.type),
    path: visit.path,
    part: await readPart(visit, task, tab),
    recent: recent.tasks,
  });
}

async function readPart(visit: Visit, task: TaskSnapshot, tab: TaskTab): Promise<TaskPart> {
  const { desk: { manager }, language, c } = visit;
  switch (tab) {
    case "result":
      return presentResult(task, language);
    case "input":
      return presentInput(withoutSecrets(visit, task));
    case "logs":
      return presentLogs(await manager.readLogs(task.id));
    case "attempts":
      return presentAttempts(await manager.readAttempts(task.id), language);
    case "events":
      return presentEvents(await manager.readEvents(task.id), language);
    case "raw": {
      const shown = withoutSecrets(visit, task);
      const json = writeJson(presentTask(shown, language.nowMs));
      return presentRaw(shown, json, { origin: new URL(c.req.url).origin });
    }
  }
}

/** The task with an input that may be looked at. */
function withoutSecrets(visit: Visit, task: TaskSnapshot): TaskSnapshot {
  const type = typeOf(visit, task.type);
  if (task.inputJson === null || type === undefined) return task;
  return { ...task, inputJson: hideSecrets(task.inputJson, type.inputSchema) };
}
