/** `/api/tasks`: each handler reads, calls the manager once, and answers. */
import { type Context, Hono } from "hono";
import type { Clock, TaskId, TaskSnapshot } from "../../core/mod.ts";
import type { AppEnv, RoutedManager } from "../app_env.ts";
import { submitOptions } from "../submit_options.ts";
import { presentPagination } from "../present/pagination.ts";
import { presentAttempt, presentEvent, presentLogLine, presentTask } from "../present/task.ts";
import { answer } from "./answer.ts";
import { bulkRoutes } from "./bulk.ts";
import { atomicBatch, type BatchDesk, isNdjson, streamBatch } from "./batch_stream.ts";
import {
  batchFromWire,
  graceFromWire,
  submissionFromWire,
  TASK_FIELDS,
  taskChangeFromWire,
} from "./bodies.ts";
import { exportTasks, readFormat } from "./export.ts";
import { readAfter, readFlag, readPage, readQuery, readTaskId, readWaitMs } from "./query.ts";
import { readJson, readOptionalJson } from "./read_json.ts";
import { readTaskFilter } from "./task_filter.ts";

/** Makes the routes below `/api/tasks`. */
export function taskRoutes(desk: BatchDesk & { readonly clock: Clock }): Hono<AppEnv> {
  const { manager, clock } = desk;
  const routes = new Hono<AppEnv>();
  routes.use(async (c, next) => {
    c.set("fields", TASK_FIELDS);
    await next();
  });
  routes.route("/bulk", bulkRoutes(manager));
  addLists(routes, manager, clock);
  addSubmits(routes, manager, clock);
  addBatches(routes, desk);
  addSteering(routes, manager, clock);
  return routes;
}

function addLists(routes: Hono<AppEnv>, manager: RoutedManager, clock: Clock): void {
  routes.get("/", async (c) => {
    const query = readQuery(c);
    const asked = readPage(query);
    const found = await manager.listTasks(readTaskFilter(query), asked);
    const pagination = presentPagination({ ...found, perPage: asked.perPage });
    const nowMs = clock.nowMs();
    const data = found.tasks.map((task) => presentTask(task, nowMs));
    return answer(c, data, { beside: { pagination } });
  });
  routes.get("/export", async (c) => {
    const query = readQuery(c);
    const format = readFormat(query);
    const filter = readTaskFilter(query);
    return await exportTasks(c, manager, { filter, format, nowMs: clock.nowMs() });
  });
  routes.get("/:id", async (c) => {
    const id = readTaskId(c.req.param("id"));
    const waitMs = readWaitMs(readQuery(c));
    const task = waitMs === undefined
      ? await manager.getTask(id)
      : await waitForTask(c, manager, id, waitMs);
    return answer(c, presentTask(task, clock.nowMs()));
  });
  routes.get("/:id/events", async (c) => {
    const events = await manager.readEvents(readTaskId(c.req.param("id")));
    return answer(c, events.map(presentEvent));
  });
  routes.get("/:id/attempts", async (c) => {
    const attempts = await manager.readAttempts(readTaskId(c.req.param("id")));
    return answer(c, attempts.map(presentAttempt));
  });
  routes.get("/:id/logs", async (c) => {
    const after = readAfter(readQuery(c));
    const lines = await manager.readLogs(readTaskId(c.req.param("id")));
    return answer(c, lines.slice(after).map(presentLogLine));
  });
}

function addSubmits(routes: Hono<AppEnv>, manager: RoutedManager, clock: Clock): void {
  routes.post("/", async (c) => {
    const waitMs = readWaitMs(readQuery(c));
    const submission = submissionFromWire(readJson(c), c.req.header("Idempotency-Key"));
    const { task, isNew } = await manager.submit(submission, submitOptions(c));
    const shown = waitMs === undefined ? task : await waitForTask(c, manager, task.id, waitMs);
    c.header("Location", `/api/tasks/${task.id}`);
    return answer(c, presentTask(shown, clock.nowMs()), { status: isNew ? 202 : 200 });
  });
}

function addBatches(routes: Hono<AppEnv>, desk: BatchDesk): void {
  const { manager } = desk;
  routes.post("/batch", async (c) => {
    const isAtomic = readFlag(readQuery(c), "atomic");
    if (isNdjson(c)) {
      return isAtomic ? await atomicBatch(c, desk) : streamBatch(c, desk);
    }
    const submissions = batchFromWire(readJson(c));
    const ids = await manager.submitBatch(submissions, submitOptions(c));
    return answer(c, { task_ids: ids }, { status: 202 });
  });
}

function addSteering(routes: Hono<AppEnv>, manager: RoutedManager, clock: Clock): void {
  routes.delete("/:id", async (c) => {
    const task = await manager.cancelTask(readTaskId(c.req.param("id")));
    return answer(c, presentTask(task, clock.nowMs()));
  });
  routes.post("/:id/again", async (c) => {
    const task = await manager.submitAgain(readTaskId(c.req.param("id")), submitOptions(c));
    c.header("Location", `/api/tasks/${task.id}`);
    return answer(c, presentTask(task, clock.nowMs()), { status: 202 });
  });
  routes.patch("/:id", async (c) => {
    const id = readTaskId(c.req.param("id"));
    const task = await manager.changeTask(id, taskChangeFromWire(readJson(c)));
    return answer(c, presentTask(task, clock.nowMs()));
  });
  routes.put("/:id/stop", async (c) => {
    const id = readTaskId(c.req.param("id"));
    const task = await manager.stopTask(id, graceFromWire(readOptionalJson(c)));
    return answer(c, presentTask(task, clock.nowMs()), { status: 202 });
  });
}

/** Waits no longer than the client does: its leaving ends the wait and leaves nothing behind. */
function waitForTask(
  c: Context<AppEnv>,
  manager: RoutedManager,
  id: TaskId,
  waitMs: number,
): Promise<TaskSnapshot> {
  return manager.waitForTask(id, { waitMs, signal: c.req.raw.signal });
}
