/** What one look at the server showed, and what two of them tell: the rows of `top`. */
import type { WireHealth, WirePool, WireRunning, WireWorker } from "../client/mod.ts";

/** Looks that a type's share is counted over. */
export const LOOKS_MAX = 60;

const names = new Intl.Collator("en", { numeric: true });

/** One look at the server. */
export interface Look {
  /** On the wall clock, and on one that never goes back. */
  readonly atMs: number;
  readonly monotonicMs: number;
  readonly pools: readonly WirePool[];
  readonly health: WireHealth;
}

/** Tasks that came to an end, a second; null until two looks tell. */
export interface Rates {
  readonly completed: number | null;
  readonly failed: number | null;
}

/** A pool, and what it does. */
export interface PoolRow {
  readonly pool: WirePool;
  readonly busy: number;
  readonly rates: Rates;
}

/** A thread with what it runs: one row for each task, and one for a thread that has none. */
export interface ThreadRow {
  readonly key: string;
  readonly worker: WireWorker;
  readonly task: WireRunning | undefined;
}

/** A task type among all that runs. */
export interface TypeRow {
  readonly name: string;
  readonly running: number;
  /** From 0 to 1: of the running tasks that the last looks saw. */
  readonly share: number;
}

/** How many tasks of each type one look saw running. */
type Tally = ReadonlyMap<string, number>;

/** All rows, and what the next look is compared with. */
export interface View {
  readonly look: Look;
  readonly rates: Rates;
  /** The busiest first. */
  readonly pools: readonly PoolRow[];
  readonly types: readonly TypeRow[];
  /** The last looks, this one at the end. */
  readonly tallies: readonly Tally[];
}

/** Makes the rows of a look and of those before it. */
export function viewOf(look: Look, before?: View): View {
  const tallies = [...before?.tallies ?? [], tallyOf(look.pools)].slice(-LOOKS_MAX);
  const past = before === undefined || isOtherLife(look, before.look) ? undefined : before.look;
  const known = new Map(past?.pools.map((pool) => [pool.pool_id, pool]));
  const seconds = past === undefined ? 0 : (look.monotonicMs - past.monotonicMs) / 1_000;
  return {
    look,
    rates: ratesOf(look.health.stats, past?.health.stats, seconds),
    pools: look.pools.map((pool) => ({
      pool,
      busy: pool.workers.filter(({ running }) => running.length > 0).length,
      rates: ratesOf(pool, known.get(pool.pool_id), seconds),
    })).sort(byBusyness),
    types: typesOf(tallies),
    tallies,
  };
}

/** The threads of a pool. */
export function threadsOf({ workers }: WirePool): readonly ThreadRow[] {
  return workers.flatMap((worker): readonly ThreadRow[] => {
    if (worker.running.length === 0) {
      return [{ key: String(worker.index), worker, task: undefined }];
    }
    return worker.running.map((task) => ({ key: `${worker.index} ${task.task_id}`, worker, task }));
  });
}

/** A server that was started anew counts from what its journal has. */
function isOtherLife(look: Look, before: Look): boolean {
  return look.health.stats.started_at !== before.health.stats.started_at;
}

interface Ended {
  readonly completed_tasks: number;
  readonly failed_tasks: number;
}

function ratesOf(now: Ended, before: Ended | undefined, seconds: number): Rates {
  if (before === undefined || seconds <= 0) return { completed: null, failed: null };
  const rate = (name: keyof Ended) => Math.max(0, now[name] - before[name]) / seconds;
  return { completed: rate("completed_tasks"), failed: rate("failed_tasks") };
}

function byBusyness(one: PoolRow, other: PoolRow): number {
  return other.busy - one.busy ||
    other.pool.pending_tasks - one.pool.pending_tasks ||
    (other.rates.completed ?? 0) - (one.rates.completed ?? 0) ||
    names.compare(one.pool.name, other.pool.name) ||
    names.compare(one.pool.pool_id, other.pool.pool_id);
}

function tallyOf(pools: readonly WirePool[]): Tally {
  const tally = new Map<string, number>();
  for (const { workers } of pools) {
    for (const { running } of workers) {
      for (const { task_type } of running) tally.set(task_type, (tally.get(task_type) ?? 0) + 1);
    }
  }
  return tally;
}

function typesOf(tallies: readonly Tally[]): readonly TypeRow[] {
  const seen = new Map<string, number>();
  for (const tally of tallies) {
    for (const [name, count] of tally) seen.set(name, (seen.get(name) ?? 0) + count);
  }
  const all = [...seen.values()].reduce((sum, count) => sum + count, 0);
  return [...seen].map(([name, count]) => ({
    name,
    running: tallies.at(-1)?.get(name) ?? 0,
    share: count / all,
  })).sort((one, other) => other.share - one.share || names.compare(one.name, other.name));
}
