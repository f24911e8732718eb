/** `/api/history` and `/api/pools/:id/history`: what all pools, one, or a task type did over time. */
import { type Context, Hono } from "hono";
import type { HistoryRequest, PoolId } from "../../core/mod.ts";
import type { AppEnv, RoutedManager } from "../app_env.ts";
import { presentHistory } from "../present/history.ts";
import { answer } from "./answer.ts";
import { readPoolId, readQuery, readTime } from "./query.ts";
import { fieldNames, invalidInput } from "./wire.ts";

const ACTION = "Cannot read history";
const RANGE = ["since", "until", "step"] as const;
/** What the parameters are called in a request for a history. */
const FIELDS = fieldNames({ fromMs: 0, toMs: 0, stepS: 0 }, {
  fromMs: "since",
  toMs: "until",
  stepS: "step",
});

/** Makes the route `history`. */
export function historyRoutes(manager: RoutedManager): Hono<AppEnv> {
  const routes = new Hono<AppEnv>();
  routes.get("/history", (c) => answerHistory(c, manager));
  return routes;
}

/** Makes the route `/:id/history` below the pools. */
export function poolHistoryRoutes(manager: RoutedManager): Hono<AppEnv> {
  const routes = new Hono<AppEnv>();
  routes.get("/:id/history", (c) => answerHistory(c, manager, readPoolId(c.req.param("id"))));
  return routes;
}

async function answerHistory(
  c: Context<AppEnv>,
  manager: RoutedManager,
  poolId?: PoolId,
): Promise<Response> {
  c.set("fields", FIELDS);
  const request = { ...readRequest(c), ...poolId !== undefined && { poolId } };
  return answer(c, presentHistory(await manager.getHistory(request)));
}

/** @throws {HttpError} `invalid_input` that names the parameter. */
function readRequest(c: Context<AppEnv>): HistoryRequest {
  const query = readQuery(c);
  const poolId = query.get("pool_id");
  const type = query.get("task_type");
  if (poolId !== undefined && type !== undefined) {
    const message = "Invalid: a history is of a pool or of a task type";
    throw invalidInput(ACTION, [{ path: ["task_type"], message }]);
  }
  const [since, until, step] = RANGE.map((name) => query.get(name));
  return {
    ...poolId !== undefined && { poolId: readPoolId(poolId) },
    ...type !== undefined && { type },
    ...since !== undefined && { fromMs: readTime("since", since, ACTION) },
    ...until !== undefined && { toMs: readTime("until", until, ACTION) },
    ...step !== undefined && { stepS: readStep(step) },
  };
}

function readStep(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  const message = "Invalid: must be a whole number of seconds";
  throw invalidInput(ACTION, [{ path: ["step"], message }]);
}
