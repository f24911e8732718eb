/** `/api/log-level`: how much the server logs. */
import { Hono } from "hono";
import { LogLevelChange, type LogLevelState } from "../../core/mod.ts";
import type { AppEnv, RoutedManager } from "../app_env.ts";
import { presentTime } from "../present/time.ts";
import { answer } from "./answer.ts";
import { readJson } from "./read_json.ts";
import { type FieldNames, fieldNames, fromWire } from "./wire.ts";

/** How the fields of a change are called on the wire. */
export const LOG_LEVEL_FIELDS: FieldNames = fieldNames(LogLevelChange.shape);
const FORM = {
  action: "Cannot change log level",
  schema: LogLevelChange,
  names: LOG_LEVEL_FIELDS,
};

/** Makes the routes of `/api/log-level`. */
export function logLevelRoutes(manager: RoutedManager): Hono<AppEnv> {
  const routes = new Hono<AppEnv>();
  routes.get("/", (c) => answer(c, presentLogLevel(manager.getLogLevel())));
  routes.put("/", (c) => {
    const change = fromWire(readJson(c), FORM);
    return answer(c, presentLogLevel(manager.setLogLevel(change)));
  });
  return routes;
}

function presentLogLevel(state: LogLevelState): Record<string, unknown> {
  return {
    level: state.level,
    configured_level: state.configuredLevel,
    until: presentTime(state.untilMs),
  };
}
