/** A server as it is in use: pools that are busy, paused and idle, tasks that ended in every way. */
import { fileURLToPath } from "node:url";
import { Config, Manager, type PoolId, type TaskId } from "../../core/mod.ts";
import { serveManager } from "../helpers/serve_manager.ts";

const TASKS = fileURLToPath(new URL("./tasks", import.meta.url));

/** See the head of this file. */
export interface BusyWorld extends AsyncDisposable {
  readonly manager: Manager;
  readonly url: string;
  /** What the server could not do, as it came. */
  readonly errors: readonly unknown[];
  readonly pools: { readonly busy: PoolId; readonly paused: PoolId; readonly idle: PoolId };
  readonly tasks: {
    readonly running: TaskId;
    readonly completed: TaskId;
    readonly failed: TaskId;
    readonly pending: TaskId;
    readonly chatty: TaskId;
  };
}

/** Starts a server with real threads, and fills it. */
export async function startBusyWorld(): Promise<BusyWorld> {
  const manager = await Manager.start({
    config: Config.parse({
      data: ":memory:",
      tasks: TASKS,
      alerts: { allowPrivateTargets: true },
    }),
  });
  const { server, errors } = serveManager(manager);
  const [busy, paused, idle] = await Promise.all([
    manager.createPool({ name: "invoices", isolation: "thread", maxThreads: 3, minThreads: 1 }),
    manager.createPool({ name: "nightly reports", isolation: "thread", maxThreads: 2 }),
    manager.createPool({ name: "thumbnails", isolation: "thread", maxThreads: 4 }),
  ]);
  const submit = async (poolId: PoolId, type: string, input: unknown, more: object = {}) =>
    (await manager.submit({ poolId, type, input: input as null, priority: 0, tags: [], ...more }))
      .task.id;
  const running = await submit(busy.id, "crawl", { pages: 100_000, pauseMs: 50 }, {
    name: "Crawl the catalogue",
  });
  const completed = await submit(idle.id, "add", { left: 20, right: 22 }, {
    name: "Add two numbers",
    tags: ["nightly"],
  });
  const failed = await submit(idle.id, "refuse", { reason: "The invoice 4711 has no address" }, {
    name: "Send invoice 4711",
  });
  const chatty = await submit(idle.id, "chatter", { lines: 1_200 }, {
    name: "Import the catalogue",
  });
  for (let at = 0; at < 40; at++) {
    await submit(
      idle.id,
      at % 9 === 4 ? "refuse" : "add",
      at % 9 === 4 ? { reason: `Row ${at} is empty` } : { left: at, right: 1 },
      { name: `Thumbnail ${at}`, priority: at % 3 },
    );
  }
  await manager.pausePool(paused.id);
  const pending = await submit(paused.id, "add", { left: 1, right: 2 }, {
    name: "Monthly report",
    priority: 5,
    tags: ["finance", "monthly"],
  });
  for (let at = 0; at < 6; at++) await submit(paused.id, "add", { left: at, right: at });
  await manager.waitForTask(failed, { waitMs: 30_000 });
  await manager.waitForTask(completed, { waitMs: 30_000 });
  await manager.saveView({ name: "Failures", query: "q=state%3Afailed" });
  await manager.saveView({ name: "What waits long", query: "q=state%3Apending&col=wait&col=pool" });
  // Nobody listens there: what was sent is shown with its failure.
  await manager.channels.save({ kind: "slack", name: "On call", url: "http://127.0.0.1:9/hook" });
  await manager.alerts.saveRule("Reports wait", {
    metric: "lido_tasks",
    labels: { state: "pending" },
    comparator: "at_least",
    threshold: 5,
  });
  await manager.changePool(idle.id, { maxThreads: 6, runTimeoutMs: 30_000 }, {
    author: "mira",
    reason: "More orders on Fridays",
  });
  return {
    manager,
    errors,
    url: server.url.replace(/\/$/, ""),
    pools: { busy: busy.id, paused: paused.id, idle: idle.id },
    tasks: { running, completed, failed, pending, chatty },
    async [Symbol.asyncDispose]() {
      await server.shutdown({ graceMs: 100 });
      await manager.close();
    },
  };
}
