/**
 * Requests made from the API's own description, fitting ones and broken ones, in any order: the
 * server answers each, never with a fault of its own, and never otherwise than the description says.
 * `TEST_REQUESTS` says how many; the seed is printed, and `TEST_SEED` repeats it.
 */
import { ok, strictEqual } from "node:assert/strict";
import { chance } from "../helpers/chance.ts";
import { checkDescribed, checkHeadersDescribed } from "../helpers/described.ts";
import { type ManagedApp, managedApp } from "../helpers/managed_app.ts";
import { report } from "../helpers/report.ts";
import { broken, fitting, type Maker, pick, type Schema } from "./schema_values.ts";

const REQUESTS = Number(Deno.env.get("TEST_REQUESTS") ?? 1_500);
const SEED = Number(
  Deno.env.get("TEST_SEED") ?? (REQUESTS > 1_500 ? Math.floor(Math.random() * 2 ** 31) : 7),
);
/** Requests to one server: what they did to it then is too odd to find anything else. */
const LIFE = 500;

/** What comes before its end, or takes long, is asked for seldom. */
const SELDOM: Readonly<Record<string, number>> = {
  "/api/doctor": 0.15,
  "/api/backup": 0.15,
  "/api/events": 0.2,
  "/api/pools/{pool_id}/force-close": 0.2,
};

interface Described {
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly { name: string; in: string; schema: Schema }[];
  readonly body: Schema | undefined;
}

/** One server, and what is known of it. */
class Life {
  readonly pools: string[] = ["01990000-0000-7000-8000-ffffffffffff", "no-id"];
  readonly tasks: string[] = ["01990000-0000-7000-8000-ffffffffffff", "no-id"];
  readonly operations: string[] = ["none"];

  private constructor(readonly app: ManagedApp) {}

  static async open(): Promise<Life> {
    const life = new Life(await managedApp({ limits: { processes: 2, threads: 2, pools: 30 } }));
    for (let at = 0; at < 3; at++) await life.openPool();
    return life;
  }

  async openPool(): Promise<void> {
    const answer = await this.app.ask("POST", "/api/pools", { name: "fuzz", isolation: "thread" });
    this.learn(answer.body);
  }

  /** Takes in the ids of an answer. */
  learn(body: unknown): void {
    const { data } = (body ?? {}) as { data?: Record<string, unknown> };
    if (typeof data !== "object" || data === null) return;
    const { pool_id, task_id, operation_id, task_ids } = data;
    if (typeof pool_id === "string" && task_id === undefined) this.pools.push(pool_id);
    if (typeof task_id === "string") this.tasks.push(task_id);
    if (Array.isArray(task_ids)) this.tasks.push(...task_ids.slice(0, 3));
    if (typeof operation_id === "string") this.operations.push(operation_id);
    for (const list of [this.pools, this.tasks, this.operations]) {
      if (list.length > 12) list.splice(2, 1);
    }
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.app[Symbol.asyncDispose]();
  }
}

async function readDocument(): Promise<
  { operations: Described[]; components: Maker["components"] }
> {
  await using app = await managedApp();
  const { body } = await app.ask("GET", "/api/openapi.json");
  // deno-lint-ignore no-explicit-any -- that it is OpenAPI is another test's matter
  const document = body as any;
  const operations = Object.entries<Record<string, unknown>>(document.paths)
    .flatMap(([path, methods]) =>
      // deno-lint-ignore no-explicit-any -- as above
      Object.entries<any>(methods).map(([method, { parameters, requestBody }]) => ({
        method: method.toUpperCase(),
        path,
        parameters,
        body: requestBody?.content["application/json"].schema,
      }))
    );
  return { operations, components: document.components.schemas };
}

function knownOf(life: Life): Maker["known"] {
  return {
    pool_id: life.pools,
    task_id: life.tasks,
    operation_id: life.operations,
    task_type: ["sleep", "demo", "slep"],
    name: ["sleep", "a", "x y", "%2e%2e"],
    input: [{ seconds: 0 }, { seconds: 0.01 }, { seconds: -1 }, {}],
    task_ids: [life.tasks.slice(-2), life.tasks.slice(0, 1)],
    // A wait of a minute finds nothing that one of a moment does not.
    wait: ["0", "0.01", "61", "soon"],
    min_workers: [0, 1],
    max_workers: [1, 2, 0],
    deadline_ms: [0, 5, "x"],
    grace_ms: [0, 5, -1],
    rule_name: ["many_pools", "failures", "mine"],
    metric: ["lido_pools", "lido_tasks_total", "lido_task_run_seconds", "lido_pool"],
    channels: [null, [], ["gone"]],
    status: ["failed", "pending,running", "all", "open", "completed"],
    atomic: ["true", "false", "yes"],
  };
}

/** Makes a request, sends it, and holds the answer against the description. */
async function tryOne(life: Life, operation: Described, maker: Maker): Promise<number> {
  const { random } = maker;
  const isBroken = random() < 0.4;
  const query = new URLSearchParams();
  const headers: Record<string, string> = { host: "127.0.0.1" };
  let path = operation.path;
  for (const { name, in: place, schema } of operation.parameters) {
    const value = isBroken && random() < 0.3
      ? pick(["", "x", "-1", "9".repeat(40), "\u00e9"], random)
      : String(fitting(schema, maker, name));
    if (place === "path") path = path.replace(`{${name}}`, encodeURIComponent(value) || "x");
    else if (random() < 0.3) {
      if (place === "query") query.set(name, value);
      else if (/^[\x21-\x7e]+$/.test(value)) headers[name] = value;
    }
  }
  if (isBroken && random() < 0.1) query.set("odd", "1");
  const body = bodyOf(operation, isBroken, maker);
  if (body !== undefined) headers["content-type"] = "application/json";
  const whole = query.size === 0 ? path : `${path}?${query}`;
  const request = new Request(`http://127.0.0.1${whole}`, {
    method: operation.method,
    headers,
    ...body !== undefined && { body },
  });
  const response = await life.app.fetch(request);
  const told = `${operation.method} ${whole} ${body?.slice(0, 500)}`;
  ok(response.status < 500 || response.status === 503, `${told}: ${response.status}`);
  if (query.has("odd")) strictEqual(response.status, 422, told);
  const type = response.headers.get("content-type") ?? "";
  const asked = { method: operation.method, path: whole };
  if (!type.includes("json") || type.includes("ndjson")) {
    checkHeadersDescribed(asked, response);
    await response.body?.cancel();
    return response.status;
  }
  const parsed = JSON.parse(await response.text());
  checkDescribed(asked, { status: response.status, headers: response.headers, body: parsed });
  life.learn(parsed);
  return response.status;
}

function bodyOf({ body, method }: Described, isBroken: boolean, maker: Maker): string | undefined {
  const { random } = maker;
  if (body === undefined) {
    return isBroken && method !== "GET" && random() < 0.2 ? "{}" : undefined;
  }
  if (!isBroken) return JSON.stringify(fitting(body, maker));
  if (random() < 0.1) return pick(["", "{", "null", "[1,", '{"a":1,"a":2}', "\u0000"], random);
  return JSON.stringify(broken(body, maker));
}

Deno.test(`${REQUESTS} requests made from the description are answered as it says`, async () => {
  const random = chance(SEED);
  const { operations, components } = await readDocument();
  const asked = new Map<string, number>();
  const statuses = new Map<number, number>();
  for (let done = 0; done < REQUESTS; done += LIFE) {
    await using life = await Life.open();
    for (let at = 0; at < Math.min(LIFE, REQUESTS - done); at++) {
      if (at % 50 === 49) await life.openPool();
      let operation = pick(operations, random);
      while (random() > (SELDOM[operation.path] ?? 1)) operation = pick(operations, random);
      const maker: Maker = { random, components, known: knownOf(life) };
      try {
        const status = await tryOne(life, operation, maker);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      } catch (error) {
        throw new Error(`Request ${done + at} of seed ${SEED}`, { cause: error });
      }
      const name = `${operation.method} ${operation.path}`;
      asked.set(name, (asked.get(name) ?? 0) + 1);
    }
  }
  const told = [...statuses].sort().map(([status, count]) => `${status}: ${count}`);
  report(`requests by status, seed ${SEED}: ${told.join(", ")}`);
  strictEqual(asked.size, operations.length, "each operation was asked for");
});
