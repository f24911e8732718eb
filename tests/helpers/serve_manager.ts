/** A manager behind a port of this machine, as `deno task start` serves it, but within the test. */
import { deepStrictEqual } from "node:assert/strict";
import { Config, Manager, type PoolId, systemClock, type TaskId } from "../../core/mod.ts";
import { createApp } from "../../routes/app.ts";
import { serve, type Server } from "../../routes/server.ts";

/** A server, and what it could not do, as it came. */
export interface ManagerServer {
  readonly server: Server;
  readonly errors: readonly unknown[];
}

/** Serves a manager on a free port. */
export function serveManager(manager: Manager): ManagerServer {
  const errors: unknown[] = [];
  const note = (error: unknown) => void errors.push(error);
  const app = createApp({ manager, clock: systemClock, logError: note });
  return { server: serve({ app, host: "127.0.0.1", port: 0, onError: note }), errors };
}

/** A server with one pool of threads. */
export interface ServedPool extends AsyncDisposable {
  readonly manager: Manager;
  readonly pool: PoolId;
  readonly url: string;
  readonly port: number;
  /** Submits a task that does nothing. */
  submit(): Promise<TaskId>;
}

/** Starts a manager with one pool, and serves it; an error that nobody foresaw fails the test. */
export async function servePool(): Promise<ServedPool> {
  const manager = await Manager.start({ config: Config.parse({ data: ":memory:" }) });
  const { server, errors } = serveManager(manager);
  const { id } = await manager.createPool({ name: "mine", isolation: "thread", maxThreads: 1 });
  return {
    manager,
    pool: id,
    url: server.url,
    port: server.port,
    async submit() {
      const task = { poolId: id, type: "sleep", input: { seconds: 0 }, priority: 0, tags: [] };
      return (await manager.submit(task)).task.id;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([server.shutdown({ graceMs: 5_000 }), manager.close()]);
      deepStrictEqual(errors, []);
    },
  };
}
