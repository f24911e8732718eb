/** The client for programs, against a real server. */
import { deepStrictEqual, ok, rejects, strictEqual, throws } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import {
  ApiError,
  LidoClient,
  NotLidoError,
  TaskError,
  type TypesOf,
  UnreachedError,
} from "../../cli/client/mod.ts";
import { startServer } from "../helpers/start_server.ts";
import type resizePlan from "../fixtures/tasks/resize_plan.task.ts";

const TASKS = fileURLToPath(new URL("../fixtures/tasks", import.meta.url));

/** A server with the fixtures' tasks, and a client that knows one of them. */
async function openWorld() {
  const server = await startServer({ flags: ["--tasks", TASKS] });
  type Types = TypesOf<{ resize_plan: typeof resizePlan }>;
  const lido = new LidoClient<Types>({ url: server.url });
  const [pool] = await lido.listPools();
  ok(pool !== undefined);
  const poolId = pool.pool_id;
  return { server, lido, poolId, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

Deno.test("A program submits with a task file's types, and waits for the result", async () => {
  await using world = await openWorld();
  const { lido, poolId } = world;
  const box = { width: 800, height: 600 };
  const { sizes } = await lido.run({
    pool_id: poolId,
    task_type: "resize_plan",
    input: { box, pictures: [{ width: 1_600, height: 600 }] },
  });
  // A number, as the compiler knows too.
  const width: number | undefined = sizes[0]?.width;
  strictEqual(width, 800);
  // @ts-expect-error: no such type is known
  const unknown = lido.submit({ pool_id: poolId, task_type: "resize" });
  await rejects(
    unknown,
    (error) => error instanceof ApiError && error.code === "task_type_not_found",
  );
  const input = { box, pictures: [{ width: 1 }] };
  // @ts-expect-error: a picture has a height
  const wrong = lido.submit({ pool_id: poolId, task_type: "resize_plan", input });
  await rejects(wrong, (error) => {
    ok(error instanceof ApiError);
    deepStrictEqual([error.status, error.faults.map(({ field }) => field)], [422, [
      "input.pictures.0.height",
    ]]);
    return true;
  });
});

Deno.test("run() throws what became of a task that did not complete", async () => {
  await using world = await openWorld();
  const { poolId, server } = world;
  const lido = new LidoClient({ url: server.url });
  const missing = { pool_id: poolId, task_type: "checksum", input: { path: "/nowhere/at/all" } };
  await rejects(lido.run(missing), (error) => {
    ok(error instanceof TaskError);
    strictEqual(error.status, "failed");
    ok(error.message.startsWith("Task checksum failed: "), error.message);
    return true;
  });
  await lido.actOnPool(poolId, "pause");
  const held = lido.run({ pool_id: poolId, task_type: "sleep", input: { seconds: 1 } });
  const refused = rejects(
    held,
    (error) => error instanceof TaskError && error.status === "cancelled",
  );
  for (;;) {
    const { data: [task] } = await lido.listTasks({ status: "pending" });
    if (task !== undefined) {
      await lido.cancelTask(task.task_id);
      break;
    }
  }
  await refused;
});

Deno.test("eachTask() goes through all pages of a filter", async () => {
  await using world = await openWorld();
  const { lido, poolId } = world;
  await lido.actOnPool(poolId, "pause");
  const submission = { pool_id: poolId, task_type: "sleep", input: { seconds: 0 } };
  const ids = await lido.submitBatch(
    Array.from({ length: 250 }, (_, at) => ({ ...submission, priority: at % 2 })),
  );
  const seen: string[] = [];
  for await (const { task_id } of lido.eachTask({ min_priority: 1 })) seen.push(task_id);
  deepStrictEqual(seen, ids.filter((_, at) => at % 2 === 1).toReversed());
});

Deno.test("A client says what is not Lido, what is not there, and what is no address", async () => {
  const other = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    () => new Response("hi"),
  );
  const { port } = other.addr;
  await rejects(new LidoClient({ url: `http://127.0.0.1:${port}` }).listPools(), NotLidoError);
  await other.shutdown();
  await rejects(new LidoClient({ url: `http://127.0.0.1:${port}` }).listPools(), UnreachedError);
  throws(() => new LidoClient({ url: "127.0.0.1:8000" }), TypeError);
});
