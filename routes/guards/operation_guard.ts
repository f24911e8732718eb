/**
 * Refuses what a request says beyond its operation: a parameter that the description does not have,
 * one that comes twice, a body where none is read, and a key where none is looked up. What was
 * mistyped would else narrow nothing, and mean more than was meant.
 */
import type { Context } from "hono";
import { matchedRoutes } from "hono/route";
import { z } from "zod";
import { OPERATIONS } from "../api/openapi/document.ts";
import type { Operation } from "../api/openapi/operation.ts";
import { readJson } from "../api/read_json.ts";
import { fieldNames, fromWire, invalidInput, unknownField } from "../api/wire.ts";
import type { AppEnv } from "../app_env.ts";

/** Each operation, by its method and its path with `{}` for what varies. */
const KNOWN: ReadonlyMap<string, Operation> = new Map(
  OPERATIONS.map((operation) => [
    `${operation.method.toUpperCase()} ${operation.path.replaceAll(/\{\w+\}/g, "{}")}`,
    operation,
  ]),
);

const KEY_HEADER = "Idempotency-Key";
const NO_BODY = {
  action: "Cannot read body",
  schema: z.strictObject({}),
  names: fieldNames({}),
};

/**
 * Takes a path that can be decoded, and parameters that are described; of an address that is no
 * operation's the parameters are none of its business.
 * @throws {HttpError} `invalid_input` that names each parameter that is not.
 */
export function checkAddress(c: Context<AppEnv>): void {
  const [path = "", query] = c.req.url.split("?", 2);
  if (path.includes("%")) checkEncoding(path);
  const operation = query === undefined ? undefined : operationOf(c);
  if (operation !== undefined) checkParameters(c, parametersOf(operation));
}

/**
 * Takes a body where one is described, and an empty object anywhere: some clients send it always.
 * @throws {HttpError} `invalid_input` that names each field, `invalid_json`.
 */
export function checkHasBody(c: Context<AppEnv>): void {
  if (c.get("body").length === 0) return;
  const operation = operationOf(c);
  if (operation !== undefined && operation.body === undefined) fromWire(readJson(c), NO_BODY);
}

/**
 * Refuses a key where none is looked up: whoever sends one would trust in a retry that does it once more.
 * @throws {HttpError} `invalid_input`.
 */
export function checkKey(c: Context<AppEnv>): void {
  if (c.req.header(KEY_HEADER) === undefined) return;
  const operation = operationOf(c);
  if (operation === undefined || operation.parameters?.[KEY_HEADER] !== undefined) return;
  const message = "Invalid: only single submits, POST /api/tasks, take one";
  throw invalidInput("Cannot read headers", [{ path: [KEY_HEADER], message }]);
}

function operationOf(c: Context<AppEnv>): Operation | undefined {
  const route = matchedRoutes(c).find(({ method }) => method !== "ALL");
  return route && KNOWN.get(`${route.method} ${route.path.replaceAll(/:\w+/g, "{}")}`);
}

function parametersOf({ parameters = {} }: Operation): readonly string[] {
  return Object.keys(parameters).filter((name) => parameters[name]?.in !== "header");
}

/** Hono takes what it cannot decode as it is: `%FF` would be a name. */
function checkEncoding(path: string): void {
  try {
    decodeURIComponent(path);
  } catch {
    throw invalidInput("Cannot read address: its path is not UTF-8 in percent-encoding", []);
  }
}

function checkParameters(c: Context<AppEnv>, known: readonly string[]): void {
  const sent = new URL(c.req.url).searchParams;
  const faults = [...new Set(sent.keys())].flatMap((name) => {
    if (!known.includes(name)) {
      return [{ path: [name], message: unknownField(name, known, "parameter") }];
    }
    return sent.getAll(name).length > 1 ? [{ path: [name], message: "Comes more than once" }] : [];
  });
  if (faults.length > 0) throw invalidInput("Cannot read address", faults);
}
