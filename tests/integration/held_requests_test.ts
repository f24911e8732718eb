/** Requests that are held open: many at once, clients that leave, clients that do not read. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { connect } from "node:net";
import { type ServedPool, servePool } from "../helpers/serve_manager.ts";
import { until } from "../helpers/until.ts";

/** Whose pool is paused: what is submitted waits. */
async function servePaused(): Promise<ServedPool> {
  const server = await servePool();
  await server.manager.pausePool(server.pool);
  return server;
}

Deno.test("A thousand waits and 200 streams are held at once, while others are answered", async () => {
  await using server = await servePaused();
  const { manager, pool, url } = server;
  const task = await server.submit();
  const leaving = new AbortController();
  const streams = await Promise.all(
    Array.from({ length: 200 }, () => fetch(`${url}api/events`, { signal: leaving.signal })),
  );
  const waits = Array.from({ length: 1_000 }, async () => {
    const response = await fetch(`${url}api/tasks/${task}?wait=60`);
    return (await response.json()).data.status;
  });
  await until("all streams are followed", () => manager.events.followers === 200);
  for (let at = 0; at < 20; at++) {
    const response = await fetch(`${url}api/stats`);
    strictEqual(response.status, 200);
    await response.body?.cancel();
  }
  await manager.resumePool(pool);
  const states = await Promise.all(waits);
  deepStrictEqual([...new Set(states)], ["completed"]);
  leaving.abort();
  await Promise.all(streams.map(({ body }) => body?.cancel().catch(() => {})));
  await until("nobody follows", () => manager.events.followers === 0);
});

Deno.test("A client that leaves a wait leaves nothing behind", async () => {
  await using server = await servePaused();
  const { manager, pool, url } = server;
  const task = await server.submit();
  for (let at = 0; at < 50; at++) {
    const leaving = new AbortController();
    const wait = fetch(`${url}api/tasks/${task}?wait=60`, { signal: leaving.signal });
    leaving.abort();
    await wait.catch(() => {});
  }
  // A server that ends waits for what it holds: it would not end at once.
  strictEqual((await manager.getTask(task)).status.state, "pending");
  await manager.resumePool(pool);
  strictEqual((await manager.waitForTask(task, { waitMs: 30_000 })).status.state, "completed");
});

Deno.test("A stream that is asked for by HEAD is not held open", async () => {
  await using server = await servePaused();
  const { manager, url } = server;
  for (let at = 0; at < 20; at++) {
    const response = await fetch(`${url}api/events`, { method: "HEAD" });
    strictEqual(response.status, 200);
    strictEqual(response.headers.get("content-type"), "text/event-stream");
  }
  await until("nobody follows", () => manager.events.followers === 0);
});

Deno.test("A client that does not read its stream holds nothing but its place", async () => {
  await using server = await servePaused();
  const { manager, pool, port } = server;
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {}); // it is cut off in the end
  socket.write("GET /api/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
  socket.pause();
  await until("it is followed", () => manager.events.followers === 1);
  // Far more than any buffer between the two: what is not taken is told to be missing.
  const tasks = Array.from({ length: 1_000 }, () => ({
    poolId: pool,
    type: "sleep",
    input: { seconds: 0 },
    priority: 0,
    tags: [],
  }));
  for (let at = 0; at < 60; at++) {
    await manager.submitBatch(tasks);
    await manager.cancelPending(pool);
  }
  let text = "";
  socket.on("data", (part) => text += String(part));
  socket.resume();
  await until("it is told of the gap", () => text.includes("event: gap"));
  ok(text.length < 60 * 1_000 * 2 * 100, "not all was kept for it");
  socket.destroy();
  await until("nobody follows", async () => {
    await manager.submitBatch(tasks.slice(0, 1)); // a write finds out that it is gone
    return manager.events.followers === 0;
  });
});
