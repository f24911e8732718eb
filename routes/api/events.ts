/** `/api/events`: what happens to tasks and pools, as it happens, as server-sent events. */
import { type Context, Hono } from "hono";
import { stream } from "hono/streaming";
import type { EventBatch, EventFilter, LiveEvent } from "../../core/mod.ts";
import type { AppEnv, RoutedManager } from "../app_env.ts";
import { HttpError } from "../errors.ts";
import type { LogError } from "../problem.ts";
import { presentTime } from "../present/time.ts";
import { readPoolId, readQuery, readTaskId } from "./query.ts";

/** Streams of one server. */
const STREAMS_MAX = 1_000;
/** A client that was cut off comes back after so long. */
const RETRY_MS = 1_000;

/** A proxy, and the server's own compression, would hold events back. */
const HEADERS = {
  "content-type": "text/event-stream",
  "cache-control": "no-store, no-transform",
  "x-accel-buffering": "no",
};

/** Makes the route `events`. */
export function eventRoutes(manager: RoutedManager, logError: LogError): Hono<AppEnv> {
  const { events } = manager;
  const routes = new Hono<AppEnv>();
  routes.get("/events", (c) => {
    const filter = readFilter(c, manager);
    if (events.followers >= STREAMS_MAX) {
      const message = `Cannot follow events: ${STREAMS_MAX} streams are open`;
      throw new HttpError("too_many_streams", message);
    }
    const leaving = new AbortController();
    const signal = AbortSignal.any([leaving.signal, c.req.raw.signal]);
    const followed = events.follow(filter, signal, c.req.header("Last-Event-ID"));
    for (const [name, value] of Object.entries(HEADERS)) c.header(name, value);
    return stream(
      c,
      async (out) => {
        out.onAbort(() => leaving.abort());
        // So that a client knows at once that it is heard.
        await out.write(`retry: ${RETRY_MS}\n\n`);
        for await (const batch of followed) await out.write(textOf(batch));
      },
      (error) => Promise.resolve(logError(error, c.get("requestId"))),
    );
  });
  return routes;
}

/** @throws {LidoError} `pool_not_found`; a task that is not there, or no longer, has no events. */
function readFilter(c: Context<AppEnv>, manager: RoutedManager): EventFilter {
  const query = readQuery(c);
  const [pool, task] = [query.get("pool_id"), query.get("task_id")];
  return {
    ...pool !== undefined && { poolId: manager.getPool(readPoolId(pool)).id },
    ...task !== undefined && { taskId: readTaskId(task) },
  };
}

/** A comment where nothing happened: whoever is gone is found out by it. */
function textOf({ isGap, events }: EventBatch): string {
  const gap = isGap ? "event: gap\ndata: {}\n\n" : "";
  return gap + events.map(textOfEvent).join("") || ":\n\n";
}

/** What all who follow an event are sent: it is written once. */
const TEXTS = new WeakMap<LiveEvent, string>();

function textOfEvent({ id, event }: EventBatch["events"][number]): string {
  const known = TEXTS.get(event);
  if (known !== undefined) return known;
  const data = JSON.stringify(presentLiveEvent(event));
  const text = `id: ${id}\nevent: ${event.kind}\ndata: ${data}\n\n`;
  TEXTS.set(event, text);
  return text;
}

function presentLiveEvent(event: LiveEvent): Record<string, unknown> {
  const { poolId, atMs, state } = event;
  const common = { pool_id: poolId, status: state, at: presentTime(atMs) };
  return event.kind === "task"
    ? { task_id: event.taskId, ...common }
    : { ...common, settings_version: event.settingsVersion };
}
