/** Batches of NDJSON: a task a line, a result a line. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { type ManagedApp, managedApp } from "../helpers/managed_app.ts";
import { until } from "../helpers/until.ts";

const NONE = "01979a3e-0000-7000-8000-000000000000";

interface World extends AsyncDisposable {
  readonly app: ManagedApp;
  readonly pool: string;
  /** A line of a task in the pool. */
  line(changes?: object): string;
  pending(): Promise<number>;
}

/** An app with a paused pool. */
async function openWorld(settings: object = {}): Promise<World> {
  const app = await managedApp();
  const { body } = await app.ask("POST", "/api/pools", { queue_capacity: 10_000, ...settings });
  const { data: { pool_id: pool } } = body as { data: { pool_id: string } };
  await app.ask("POST", `/api/pools/${pool}/pause`);
  const task = { pool_id: pool, task_type: "sleep", input: { seconds: 0 } };
  return {
    app,
    pool,
    line: (changes = {}) => `${JSON.stringify({ ...task, ...changes })}\n`,
    async pending() {
      const answer = await app.ask("GET", `/api/pools/${pool}`);
      return (answer.body as { data: { pending_tasks: number } }).data.pending_tasks;
    },
    [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
  };
}

function batch(
  body: BodyInit,
  { query = "", signal = null, type = "application/x-ndjson", encoding = "identity" }: {
    query?: string;
    signal?: AbortSignal | null;
    type?: string;
    encoding?: string;
  } = {},
): Request {
  const headers = { "content-type": type, "content-encoding": encoding, host: "127.0.0.1" };
  const init = { method: "POST", headers, body, signal, duplex: "half" };
  return new Request(`http://127.0.0.1/api/tasks/batch${query}`, init);
}

// deno-lint-ignore no-explicit-any -- what the lines have is what the tests are about
async function results(response: Response): Promise<any[]> {
  return (await response.text()).trimEnd().split("\n").map((line) => JSON.parse(line));
}

Deno.test("A batch of lines has a result for each, by its number, and a sum", async () => {
  await using world = await openWorld();
  const text = [
    world.line({ task_name: "first" }),
    "\n",
    "no json\n",
    world.line({ priority: "high" }),
    world.line({ input: { seconds: "long" } }),
    world.line({ pool_id: NONE }),
    world.line({ task_name: "last" }).trimEnd(),
  ].join("");
  const response = await world.app.fetch(batch(text));
  strictEqual(response.status, 200);
  strictEqual(response.headers.get("content-type"), "application/x-ndjson");
  const all = await results(response);
  deepStrictEqual(all.at(-1), { submitted: 2, failed: 4 });
  const byLine = new Map(all.slice(0, -1).map((one) => [one.line, one]));
  deepStrictEqual([...byLine.keys()].sort(), [1, 3, 4, 5, 6, 7]);
  deepStrictEqual([3, 4, 5, 6].map((line) => byLine.get(line).code), [
    "invalid_json",
    "invalid_input",
    "invalid_input",
    "pool_not_found",
  ]);
  match(byLine.get(4).error, /priority/);
  match(byLine.get(5).error, /input\.seconds/);
  for (const [line, name] of [[1, "first"], [7, "last"]] as const) {
    const { body } = await world.app.ask("GET", `/api/tasks/${byLine.get(line).task_id}`);
    strictEqual((body as { data: { name: string } }).data.name, name);
  }
  strictEqual(await world.pending(), 2);
});

Deno.test("The first lines are submitted while the last still come", async () => {
  await using world = await openWorld();
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const encoder = new TextEncoder();
  const answer = world.app.fetch(batch(readable));
  await writer.write(encoder.encode(world.line().repeat(1_500)));
  await until("the first group is submitted", async () => await world.pending() === 1_000);
  const half = world.line();
  await writer.write(encoder.encode(half.slice(0, 20)));
  await writer.write(encoder.encode(half.slice(20)));
  await writer.close();
  const all = await results(await answer);
  deepStrictEqual(all.at(-1), { submitted: 1_501, failed: 0 });
  strictEqual(new Set(all.slice(0, -1).map(({ task_id }) => task_id)).size, 1_501);
  strictEqual(await world.pending(), 1_501);
});

Deno.test("A client that leaves in the middle leaves what was submitted, and nothing else", async () => {
  await using world = await openWorld();
  const leaving = new AbortController();
  let isCancelled = false;
  const body = new ReadableStream<Uint8Array>({
    start: (stream) => stream.enqueue(new TextEncoder().encode(world.line().repeat(1_000))),
    cancel: () => {
      isCancelled = true;
    },
  });
  const answer = await world.app.fetch(batch(body, { signal: leaving.signal }));
  await until("a group is submitted", async () => await world.pending() === 1_000);
  await answer.body?.cancel();
  leaving.abort();
  await until("the rest is not waited for", () => isCancelled);
  strictEqual(await world.pending(), 1_000);
});

Deno.test("What a queue has no room for is told line by line", async () => {
  await using world = await openWorld({ queue_capacity: 3 });
  const all = await results(await world.app.fetch(batch(world.line().repeat(5))));
  deepStrictEqual(all.at(-1), { submitted: 3, failed: 2 });
  deepStrictEqual(all.filter(({ code }) => code !== undefined).map(({ code }) => code), [
    "queue_full",
    "queue_full",
  ]);
});

Deno.test("An atomic batch is submitted as a whole, or refused with the faults of all its lines", async () => {
  await using world = await openWorld();
  const bad = [
    world.line(),
    "{\n",
    world.line(),
    world.line({ prority: 1 }),
    "\n",
    world.line({ task_type: "slep" }),
    world.line({ input: { seconds: "long" } }),
    world.line({ pool_id: NONE }),
  ].join("");
  const refused = await world.app.fetch(batch(bad, { query: "?atomic=true" }));
  const { code, details } = await refused.json();
  deepStrictEqual([refused.status, code], [422, "invalid_input"]);
  deepStrictEqual(details.faults.map(({ field }: { field: string }) => field), [
    "line 2",
    "line 4",
    "line 6",
    "line 7",
    "line 8",
  ]);
  match(details.faults[3].message, /input\.seconds/);
  strictEqual(await world.pending(), 0);
  const full = await world.app.fetch(batch(world.line().repeat(10_001), { query: "?atomic=true" }));
  deepStrictEqual([full.status, (await full.json()).code], [429, "queue_full"]);
  strictEqual(await world.pending(), 0);
  const all = await results(
    await world.app.fetch(batch(world.line().repeat(3), { query: "?atomic=true" })),
  );
  deepStrictEqual(all.at(-1), { submitted: 3, failed: 0 });
  strictEqual(await world.pending(), 3);
});

Deno.test("An atomic batch with keys that is sent again gives its tasks whatever the pool would refuse now", async () => {
  await using world = await openWorld();
  const send = async (lines: string) =>
    await world.app.fetch(batch(lines, { query: "?atomic=true" }));
  const first = world.line({ idempotency_key: "a" }) + "\n" + world.line({ idempotency_key: "b" });
  const given = await results(await send(first));
  const bad = world.line({ idempotency_key: "c", input: { seconds: "long" } });
  const refused = await send(`${first}\n${bad}`);
  const { code, details: { faults } } = await refused.json();
  deepStrictEqual([refused.status, code], [422, "invalid_input"]);
  match(faults[0].field, /^line 5\b/);

  await world.app.ask("DELETE", `/api/pools/${world.pool}`);
  deepStrictEqual(await results(await send(first)), given);
  const late = await send(first + world.line({ idempotency_key: "d" }));
  const closed = await late.json();
  deepStrictEqual([late.status, closed.code], [409, "pool_closed"]);
  strictEqual(closed.details.faults[0].field, "line 4");
});

Deno.test("More lines than there may be end a batch, after what came before them", async () => {
  await using world = await openWorld();
  const body = world.line() + "1\n".repeat(100_000);
  const { submitted, failed, error } = (await results(await world.app.fetch(batch(body)))).at(-1);
  deepStrictEqual([submitted, failed], [1, 99_999]);
  match(error, /100000 lines/);
  strictEqual(await world.pending(), 1);
});

Deno.test("A line that is too long ends a batch, and is named", async () => {
  await using world = await openWorld();
  const body = world.line() + `"${"x".repeat(16 * 1024 * 1024)}"`;
  const all = await results(await world.app.fetch(batch(body)));
  match(all.at(-1).error, /line 2 is larger/);
  strictEqual(all.at(-1).submitted, 1);
});

Deno.test("A batch without lines, of another type, or with an odd parameter is refused", async () => {
  await using world = await openWorld();
  const none = await results(await world.app.fetch(batch("\n \n")));
  deepStrictEqual(none, [{ submitted: 0, failed: 0 }]);
  const answers = [
    await world.app.fetch(batch("\n", { query: "?atomic=true" })),
    await world.app.fetch(batch(world.line(), { query: "?atomic=yes" })),
    await world.app.fetch(batch(world.line(), { query: "?dry_run=true" })),
    await world.app.fetch(batch(world.line(), { type: "text/plain" })),
    await world.app.fetch(batch(world.line(), { type: "application/x-ndjson; charset=latin1" })),
    await world.app.fetch(
      batch(world.line(), { type: "application/jsonl; v=1; charset = utf-16" }),
    ),
    await world.app.fetch(batch(world.line(), { encoding: "gzip" })),
  ];
  const codes = [];
  for (const answer of answers) codes.push([answer.status, (await answer.json()).code]);
  deepStrictEqual(codes, [
    [422, "invalid_input"],
    [422, "invalid_input"],
    [422, "invalid_input"],
    ...Array(4).fill([415, "unsupported_media_type"]),
  ]);
  ok(await world.pending() === 0);
  for (const parameters of ['charset="UTF-8"', "version=1", "version=1; charset=utf-8", ""]) {
    const taken = batch(world.line(), { type: `application/x-ndjson; ${parameters}` });
    const all = await results(await world.app.fetch(taken));
    deepStrictEqual(all.at(-1), { submitted: 1, failed: 0 }, parameters);
  }
});
