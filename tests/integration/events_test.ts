/** The stream of events, over HTTP: in order, resumed where it was cut, and nothing left behind. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { servePool } from "../helpers/serve_manager.ts";
import { until } from "../helpers/until.ts";

interface SentEvent {
  readonly id: string;
  readonly event: string;
  // deno-lint-ignore no-explicit-any -- what the data has is what the tests are about
  readonly data: any;
}

/** A client of one stream. */
class Follower {
  readonly events: SentEvent[] = [];
  readonly #leaving = new AbortController();
  #ended: Promise<void> | undefined;

  async open(url: string, lastId?: string): Promise<this> {
    const headers: Record<string, string> = lastId === undefined ? {} : { "last-event-id": lastId };
    const response = await fetch(url, { headers, signal: this.#leaving.signal });
    strictEqual(response.status, 200);
    strictEqual(response.headers.get("content-type"), "text/event-stream");
    const heard = Promise.withResolvers<void>();
    this.#ended = this.#read(response, heard.resolve).catch(() => {}); // it is cut off in the end
    await heard.promise;
    return this;
  }

  get ended(): Promise<void> {
    return this.#ended ?? Promise.resolve();
  }

  async leave(): Promise<void> {
    this.#leaving.abort();
    await this.ended;
  }

  async #read(response: Response, hear: () => void): Promise<void> {
    let text = "";
    for await (const part of response.body ?? []) {
      text += new TextDecoder().decode(part);
      hear();
      const blocks = text.split("\n\n");
      text = blocks.pop() ?? "";
      for (const block of blocks) {
        const fields = new Map(
          block.split("\n").map((line) => line.split(/: (.*)/s, 2) as [string, string]),
        );
        const event = fields.get("event");
        if (event === undefined) continue;
        this.events.push({
          id: fields.get("id") ?? "",
          event,
          data: JSON.parse(fields.get("data") ?? "null"),
        });
      }
    }
  }
}

Deno.test("A stream tells each step of a task's life, and what is done to its pool", async () => {
  await using server = await servePool();
  const { manager, pool } = server;
  const follower = await new Follower().open(`${server.url}api/events?pool_id=${pool}`);
  await manager.pausePool(pool);
  const task = await server.submit();
  await manager.changePool(pool, { queueCapacity: 5 });
  await manager.resumePool(pool);
  await until(
    "the task is done",
    () => follower.events.some(({ data }) => data.status === "completed"),
  );
  const told = follower.events.map(({ event, data }) =>
    event === "pool" ? [event, data.status, data.settings_version] : [event, data.status]
  );
  deepStrictEqual(told.filter(([event]) => event === "pool"), [
    ["pool", "paused", 1],
    ["pool", "paused", 2],
    ["pool", "running", 2],
  ]);
  const states = told.filter(([event]) => event === "task").map(([, status]) => status);
  deepStrictEqual([states[0], states.at(-1)], ["pending", "completed"]);
  ok(follower.events.every(({ data }) => data.pool_id === pool));
  strictEqual(follower.events.find(({ event }) => event === "task")?.data.task_id, task);
  match(follower.events[0]?.data.at, /^\d{4}-.*Z$/);
  await follower.leave();
});

Deno.test("A stream that was cut off goes on after the last event that came", async () => {
  await using server = await servePool();
  const { manager, pool } = server;
  await manager.pausePool(pool);
  const url = `${server.url}api/events?pool_id=${pool}`;
  const first = await new Follower().open(url);
  const early = await server.submit();
  await until("the first task is told", () => first.events.length === 1);
  await first.leave();
  const missed = [await server.submit(), await server.submit()];
  const again = await new Follower().open(url, first.events[0]?.id);
  const late = await server.submit();
  await until("all are told", () => again.events.length === 3);
  deepStrictEqual(again.events.map(({ data }) => data.task_id), [...missed, late]);
  ok(again.events.every(({ data }) => data.task_id !== early));
  await again.leave();
  const foreign = await new Follower().open(url, "another-life-3");
  await until("the gap is told", () => foreign.events.length === 1);
  strictEqual(foreign.events[0]?.event, "gap");
  await foreign.leave();
});

Deno.test("200 streams at once hear of all, and leave nothing behind", async () => {
  await using server = await servePool();
  const { manager, pool } = server;
  await manager.pausePool(pool);
  const followers = await Promise.all(
    Array.from(
      { length: 200 },
      () => new Follower().open(`${server.url}api/events?pool_id=${pool}`),
    ),
  );
  strictEqual(manager.events.followers, 200);
  const tasks = [await server.submit(), await server.submit(), await server.submit()];
  await until("all are told", () => followers.every(({ events }) => events.length === 3));
  for (const { events } of followers) {
    deepStrictEqual(events.map(({ data }) => data.task_id), tasks);
  }
  await Promise.all(followers.map((follower) => follower.leave()));
  await until("nobody follows", () => manager.events.followers === 0);
});

Deno.test("A stream ends with the server", async () => {
  const server = await servePool();
  const follower = await new Follower().open(`${server.url}api/events`);
  await server[Symbol.asyncDispose]();
  await follower.ended;
  strictEqual(server.manager.events.followers, 0);
});

Deno.test("A stream of a pool that is not there, or with an odd parameter, is refused", async () => {
  await using server = await servePool();
  const none = "01979a3e-0000-7000-8000-000000000000";
  const cases = [[`pool_id=${none}`, 404, "pool_not_found"], ["pool=x", 422, "invalid_input"]];
  for (const [query, status, code] of cases) {
    const response = await fetch(`${server.url}api/events?${query}`);
    deepStrictEqual([response.status, (await response.json()).code], [status, code]);
  }
});
