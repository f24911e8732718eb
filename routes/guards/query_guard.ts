/**
 * Refuses what an address says beyond its operation: a parameter that the description does not have, and
 * one that comes twice. What was mistyped would else narrow nothing, and mean more than was meant.
 */
import type { Context } from "hono";
import { matchedRoutes } from "hono/route";
import { OPERATIONS } from "../api/openapi/document.ts";
import { invalidInput, unknownField } from "../api/wire.ts";
import type { AppEnv } from "../app_env.ts";

/** The parameters of each operation, by its method and its path with `{}` for what varies. */
const KNOWN: ReadonlyMap<string, readonly string[]> = new Map(
  OPERATIONS.map(({ method, path, parameters = {} }) => [
    `${method.toUpperCase()} ${path.replaceAll(/\{\w+\}/g, "{}")}`,
    Object.keys(parameters).filter((name) => parameters[name]?.in !== "header"),
  ]),
);

/**
 * Takes what is described; addresses that are no operation's are none of its business.
 * @throws {HttpError} `invalid_input` that names each parameter that is not.
 */
export function checkQuery(c: Context<AppEnv>): void {
  const known = c.req.url.includes("?") ? knownOf(c) : undefined;
  if (known !== undefined) checkParameters(c, known);
}

function knownOf(c: Context<AppEnv>): readonly string[] | undefined {
  const route = matchedRoutes(c).find(({ method }) => method !== "ALL");
  return route && KNOWN.get(`${route.method} ${route.path.replaceAll(/:\w+/g, "{}")}`);
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
