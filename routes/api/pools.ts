/** `/api/pools`: each handler reads, calls the manager once, and answers. */
import { type Context, Hono } from "hono";
import type { PoolSnapshot } from "../../core/mod.ts";
import type { AppEnv, RoutedManager } from "../app_env.ts";
import {
  presentPool,
  presentResize,
  presentResizeInfo,
  presentSettingsVersion,
} from "../present/pool.ts";
import { answer } from "./answer.ts";
import {
  askedSizeFromWire,
  changesFromWire,
  deadlineFromWire,
  POOL_FIELDS,
  poolFromWire,
  recycleFromWire,
  revertFromWire,
  sizeFromWire,
} from "./bodies.ts";
import { poolHistoryRoutes } from "./history.ts";
import { readIfMatch } from "./if_match.ts";
import { readAskedSize, readDeadline, readPoolId, readPoolStates, readQuery } from "./query.ts";
import { readJson, readOptionalJson } from "./read_json.ts";

/** Makes the routes below `/api/pools`. */
export function poolRoutes(manager: RoutedManager): Hono<AppEnv> {
  const routes = new Hono<AppEnv>();
  routes.use(async (c, next) => {
    c.set("fields", POOL_FIELDS);
    await next();
  });
  addLife(routes, manager);
  addSteering(routes, manager);
  routes.route("/", poolHistoryRoutes(manager));
  return routes;
}

function addLife(routes: Hono<AppEnv>, manager: RoutedManager): void {
  routes.get("/", (c) => {
    return answer(c, manager.listPools(readPoolStates(readQuery(c))).map(presentPool));
  });
  routes.post("/", async (c) => {
    const pool = await manager.createPool(poolFromWire(readJson(c)));
    c.header("Location", `/api/pools/${pool.id}`);
    tagSettings(c, pool);
    return answer(c, presentPool(pool), { status: 201 });
  });
  routes.get("/:id", (c) => {
    const pool = manager.getPool(readPoolId(c.req.param("id")));
    tagSettings(c, pool);
    return answer(c, presentPool(pool));
  });
  routes.delete("/:id", async (c) => {
    const id = readPoolId(c.req.param("id"));
    const pool = await manager.closePool(id, deadlineFromWire(readDeadline(readQuery(c))));
    return answer(c, presentPool(pool), { status: 202 });
  });
  routes.post("/:id/drain", async (c) => {
    const id = readPoolId(c.req.param("id"));
    const pool = await manager.closePool(id, deadlineFromWire(readOptionalJson(c)));
    return answer(c, presentPool(pool), { status: 202 });
  });
  routes.delete("/:id/force-close", async (c) => {
    const closed = await manager.forceClosePool(readPoolId(c.req.param("id")));
    const counts = { cancelled_tasks: closed.cancelledTasks, stopped_tasks: closed.stoppedTasks };
    return answer(c, counts, { beside: counts }); // beside the data, too: there the first API has it
  });
}

function addSteering(routes: Hono<AppEnv>, manager: RoutedManager): void {
  routes.patch("/:id", async (c) => {
    const id = readPoolId(c.req.param("id"));
    const { changes, note } = changesFromWire(readJson(c));
    const pool = await manager.changePool(id, changes, { ...note, ...readIfMatch(c) });
    tagSettings(c, pool);
    return answer(c, presentPool(pool));
  });
  routes.get("/:id/settings", async (c) => {
    const versions = await manager.listSettingsVersions(readPoolId(c.req.param("id")));
    return answer(c, versions.map((one, at) => presentSettingsVersion(one, versions[at + 1])));
  });
  routes.post("/:id/revert", async (c) => {
    const id = readPoolId(c.req.param("id"));
    const { version, note } = revertFromWire(readJson(c));
    const pool = await manager.revertPool(id, version, { ...note, ...readIfMatch(c) });
    tagSettings(c, pool);
    return answer(c, presentPool(pool));
  });
  routes.post("/:id/recycle", (c) => {
    const id = readPoolId(c.req.param("id"));
    const { worker } = recycleFromWire(readOptionalJson(c));
    return answer(c, { recycled_workers: manager.recyclePool(id, worker) }, { status: 202 });
  });
  routes.put("/:id/resize", async (c) => {
    const id = readPoolId(c.req.param("id"));
    const { size, note } = sizeFromWire(readJson(c));
    const { before, pool } = await manager.resizePool(id, size, { ...note, ...readIfMatch(c) });
    tagSettings(c, pool);
    const { maxThreads, name } = pool.settings;
    const message = `Pool ${name} was resized from ${before.maxThreads} to ${maxThreads} threads`;
    return answer(c, presentResize(before, pool), { beside: { message } });
  });
  routes.get("/:id/resize-info", async (c) => {
    const id = readPoolId(c.req.param("id"));
    const asked = askedSizeFromWire(readAskedSize(readQuery(c)));
    return answer(c, presentResizeInfo(await manager.readResizeInfo(id, asked)));
  });
  routes.post("/:id/pause", async (c) => {
    return answer(c, presentPool(await manager.pausePool(readPoolId(c.req.param("id")))));
  });
  routes.post("/:id/resume", async (c) => {
    return answer(c, presentPool(await manager.resumePool(readPoolId(c.req.param("id")))));
  });
  routes.post("/:id/cancel_pool_tasks", async (c) => {
    const cancelled = await manager.cancelPending(readPoolId(c.req.param("id")));
    return answer(c, { cancelled_tasks: cancelled });
  });
}

/** The tag is the version of the settings: what a change must be meant for, if it says so. */
function tagSettings(c: Context<AppEnv>, { settingsVersion }: PoolSnapshot): void {
  c.header("ETag", `"${settingsVersion}"`);
  c.header("Cache-Control", "no-store, no-transform"); // compression would make the tag weak
}
