/** Clients that hold on to what they have: the server answers everybody else, and gets all of it back. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { median } from "../helpers/median.ts";
import { descriptorsOf, residentMb } from "../helpers/processes.ts";
import { openMany, RawSocket } from "../helpers/raw_socket.ts";
import { type StartedServer, startServer } from "../helpers/start_server.ts";
import { until } from "../helpers/until.ts";

/** Files of the journal that the server opens when it first needs them. */
const FILES_MAX = 16;
const HALF_HEAD = "GET / HTTP/1.1\r\nHost: loc";

/** A command that becomes the server, with so many descriptors. */
function withDescriptors(count: number): [string, ...string[]] {
  return ["bash", "-c", `ulimit -n ${count}; exec "$@"`, "bash"];
}

function portOf(server: StartedServer): number {
  return Number(new URL(server.url).port);
}

/** Milliseconds until somebody who comes anew is answered. */
async function timeOfNew(port: number): Promise<number> {
  const beganMs = performance.now();
  using socket = await RawSocket.open(port);
  strictEqual(await socket.ask("/health/live"), 200);
  return performance.now() - beganMs;
}

/** The middle of five. */
async function medianTimeOfNew(port: number): Promise<number> {
  const times: number[] = [];
  for (let at = 0; at < 5; at++) times.push(await timeOfNew(port));
  return median(times);
}

/** Fails if the server logged anything, or does not end well. */
async function endsWell(server: StartedServer): Promise<void> {
  deepStrictEqual(await server.stop(), { code: 0, stderr: "" });
}

for (const descriptors of [256, 1024]) {
  Deno.test(`With ${descriptors} descriptors 1,500 half-open connections keep nobody out`, async () => {
    await using server = await startServer({ via: withDescriptors(descriptors) });
    const port = portOf(server);
    using old = await RawSocket.open(port);
    strictEqual(await old.ask("/health/live"), 200);
    const before = descriptorsOf(server.pid);
    const attack = await openMany(1_500, port);
    for (const socket of attack) socket.send(HALF_HEAD);
    // While they still pour in, one that comes can have to go again before it has asked.
    await until(
      "all that found no room are cut",
      () => attack.filter(({ isOver }) => !isOver).length <= descriptors / 4,
    );
    const times: number[] = [];
    for (let turn = 0; turn < 20; turn++) {
      const beganMs = performance.now();
      strictEqual(await old.ask("/api/stats"), 200);
      times.push(performance.now() - beganMs);
      ok(await timeOfNew(port) < 10_000, "who comes meanwhile is answered");
    }
    ok(median(times) < 1_000, "who was connected before is answered within a second");
    await until(
      "only a quarter of the descriptors is used for connections",
      () => descriptorsOf(server.pid) <= before + FILES_MAX + descriptors / 4,
    );
    for (const socket of attack) socket[Symbol.dispose]();
    ok(await medianTimeOfNew(port) < 1_000, "it is as before");
    await until("all descriptors are back", () => descriptorsOf(server.pid) <= before + FILES_MAX);
    await endsWell(server);
  });
}

Deno.test("Half a head, half a body and half a connection are cut in time, and leave nothing", async () => {
  await using server = await startServer();
  const port = portOf(server);
  await timeOfNew(port);
  const before = descriptorsOf(server.pid);
  const beganMs = performance.now();
  const [heads, bodies, silent, resets, halves] = await Promise.all(
    [1, 2, 3, 4, 5].map(() => openMany(20, port)),
  );
  for (const socket of heads ?? []) socket.send(HALF_HEAD);
  const head = "POST /api/pools HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
  for (const socket of bodies ?? []) socket.send(`${head}Content-Length: 100\r\n\r\n{`);
  for (const socket of resets ?? []) {
    socket.send(`${head}Content-Length: 1000000\r\n\r\n${"x".repeat(10_000)}`);
    socket.reset();
  }
  for (const socket of halves ?? []) {
    socket.send("GET /health/live HTTP/1.1\r\nHost: localhost\r\n");
    socket.end(); // before its head is whole
  }
  const drops = setInterval(() => bodies?.forEach((socket) => socket.send(" ")), 500);
  try {
    const slow = [...heads ?? [], ...silent ?? []];
    await until("all heads are given up", () => slow.every(({ isOver }) => isOver));
    await until(
      "all bodies are given up",
      () => bodies?.every(({ status }) => status === 408) === true,
    );
    ok(performance.now() - beganMs < 20_000, "within about ten seconds");
    ok(await medianTimeOfNew(port) < 1_000, "others are answered");
  } finally {
    clearInterval(drops);
  }
  for (const socket of [...heads ?? [], ...bodies ?? [], ...silent ?? [], ...halves ?? []]) {
    socket[Symbol.dispose]();
  }
  await until("all descriptors are back", () => descriptorsOf(server.pid) <= before + FILES_MAX);
  deepStrictEqual(await server.ask<unknown[]>("GET", "/api/pools").then(({ length }) => length), 1);
  await endsWell(server);
});

Deno.test("2,000 who follow events, and many who do not read, hold nothing when they leave", async () => {
  await using server = await startServer({ flags: ["--data", ":memory:"] });
  const port = portOf(server);
  await timeOfNew(port);
  const before = descriptorsOf(server.pid);
  const followers = await openMany(2_000, port);
  for (const socket of followers) {
    socket.send("GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
  }
  await until("each has an answer", () => followers.every(({ status }) => status > 0));
  const statuses = followers.map(({ status }) => status);
  deepStrictEqual([200, 503].map((one) => statuses.filter((status) => status === one).length), [
    1_000,
    1_000,
  ]);
  match(
    followers.find(({ status }) => status === 503)?.received ?? "",
    /\r\nretry-after: \d+\r\n/i,
  );
  ok(await medianTimeOfNew(port) < 1_000, "others are answered");
  const memoryMb = residentMb(server.pid);
  for (const socket of followers) socket.pause();
  const [pool] = await server.ask<{ pool_id: string }[]>("GET", "/api/pools");
  await server.call("POST", `/api/pools/${pool?.pool_id}/pause`);
  const task = { pool_id: pool?.pool_id, task_type: "sleep", input: { seconds: 0 } };
  const times: number[] = [];
  for (let turn = 0; turn < 5; turn++) {
    const tasks = Array.from({ length: 1_000 }, () => task);
    strictEqual((await server.call("POST", "/api/tasks/batch", { body: { tasks } })).status, 202);
    times.push(await timeOfNew(port));
  }
  ok(median(times) < 1_000, "others are answered");
  const grownMb = residentMb(server.pid) - memoryMb;
  ok(grownMb < 400, `what is not read is not kept for each: ${grownMb} MB more`);
  for (const socket of followers) socket[Symbol.dispose]();
  await until("all descriptors are back", () => descriptorsOf(server.pid) <= before + FILES_MAX);
  await endsWell(server);
});
