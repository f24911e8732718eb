/** A managed app in a state in which every refusal can be had, and a look at all that could change. */
import { ok } from "node:assert/strict";
import { type ManagedApp, managedApp } from "./managed_app.ts";

/** Ids by the names that the tables of tests use for them. */
export type Names = Readonly<Record<string, string>>;

/** See the head of this file. */
export interface ManagedWorld extends ManagedApp {
  readonly names: Names;
  /** All pools, tasks and totals, without clocks and without the count of refused submits. */
  look(): Promise<unknown>;
}

/** Fields that go on by themselves, or that count the very refusals that are tried. */
const MOVING = ["oldest_wait_ms", "memory_bytes", "rejected_tasks", "heartbeat_age_ms"];

/**
 * Opens pools: `pool` is paused with a task that waits, `full` has room for no more, `closed` is
 * closed. Tasks: `pending` waits in `pool`, `over` was cancelled there.
 */
export async function managedWorld(): Promise<ManagedWorld> {
  const app = await managedApp();
  const make = async (method: string, path: string, body?: unknown) => {
    const answer = await app.ask(method, path, body);
    ok(answer.status < 300, JSON.stringify(answer.body));
    return (answer.body as { data: { pool_id: string; task_id: string } }).data;
  };
  const openPool = async (settings: object) => {
    const { pool_id } = await make("POST", "/api/pools", settings);
    await make("POST", `/api/pools/${pool_id}/pause`);
    return pool_id;
  };
  const submit = async (pool_id: string) =>
    (await make("POST", "/api/tasks", { pool_id, duration: 0 })).task_id;

  const pool = await openPool({ name: "held", max_workers: 2 });
  const full = await openPool({ name: "full", queue_capacity: 1 });
  const closed = await openPool({ name: "shut" });
  await make("DELETE", `/api/pools/${closed}/force-close`);
  const [pending, over] = [await submit(pool), await submit(pool)];
  await submit(full);
  await make("DELETE", `/api/tasks/${over}`);
  return {
    ...app,
    [Symbol.asyncDispose]: app[Symbol.asyncDispose],
    names: { pool, full, closed, pending, over, none: "01979a3e-0000-7000-8000-000000000000" },
    async look() {
      const paths = ["/api/pools?status=all", "/api/tasks?per_page=100", "/api/stats"];
      const answers = await Promise.all(paths.map((path) => app.ask("GET", path)));
      return JSON.parse(JSON.stringify(
        answers.map(({ body }) => body),
        (name, value) => MOVING.includes(name) ? undefined : value,
      ));
    },
  };
}

/** Puts ids in the place of their names: `/api/pools/{pool}`. */
export function withNames(text: string, names: Names): string {
  return text.replaceAll(/\{(\w+)\}/g, (whole, name) => names[name] ?? whole);
}
