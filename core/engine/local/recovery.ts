/**
 * What is done when a journal is opened: counters and pools are read, and what was handed to a
 * thread when the server died is given another attempt. A task that was there each time the server
 * died is not run again.
 */
import type { PoolId } from "../../model/pool.ts";
import { PoolId as PoolIdSchema, type PoolState, StoredPoolSettings } from "../../model/pool.ts";
import { SENTENCES } from "../../model/sentences.ts";
import type { TaskFailure } from "../../model/task.ts";
import { isFinal, transition } from "../../model/task_state.ts";
import type { Cell } from "./journal/group.ts";
import type { Journal } from "./journal/journal.ts";
import type { JournalReader } from "./journal/reader.ts";
import {
  QUEUE_TIMED_OUT,
  REJECTED,
  STORED_EVENTS,
  STORED_STATES,
  storedState,
  TIMED_OUT,
} from "./journal/schema.ts";
import { parseStored } from "./journal/stored_json.ts";
import type { StoredTask } from "./journal/stored_task.ts";
import { PoolShelf } from "./pool_shelf.ts";
import { type Counted, Tallies } from "./tallies.ts";

/** Deaths of the server after which a task that ran each time is not run again. */
const DEATHS_MAX = 3;

/** What recovery works with. */
export interface RecoveryOptions {
  readonly journal: Journal;
  readonly reader: JournalReader;
  /** Seqs of tasks that were handed to threads. */
  readonly orphans: readonly number[];
  /** Of the ledger that tells of them. */
  readonly generation: number;
  /** Whether the server ended by itself, and did not die. */
  readonly wasClosed: boolean;
  readonly nowMs: number;
}

/** What was found. */
export interface Recovered {
  readonly shelf: PoolShelf;
  readonly tallies: Tallies;
  /** Tasks that run again, by pool, in their order. */
  readonly orphans: ReadonlyMap<PoolId, readonly StoredTask[]>;
  readonly lastSeq: number;
}

/** See the head of this file. */
export async function recover(options: RecoveryOptions): Promise<Recovered> {
  const { journal, reader, generation } = options;
  const shelf = await readPools(reader);
  const rows = await readOrphans(options);
  // One that was cut off before the ledger began anew has counted its deaths.
  const isCounted = await reader.recoveredLedger() === generation;
  const orphans = new Map<PoolId, StoredTask[]>();
  for (const row of rows) {
    const again = isCounted && row.state === "pending"
      ? row
      : recoverOne(options, row, shelf.numberOf(row.poolId));
    if (again !== undefined) orphans.set(row.poolId, [...orphans.get(row.poolId) ?? [], again]);
  }
  // A ledger that is new, as after a restore, counts from 0: no number of one before it may stand.
  if (rows.length > 0 || generation === 0) journal.note({ kind: "recovered", generation });
  await journal.flush();
  // After that: what recovery changed is counted, too.
  return { shelf, tallies: await readTallies(reader), orphans, lastSeq: await reader.lastSeq() };
}

async function readPools(reader: JournalReader): Promise<PoolShelf> {
  const shelf = new PoolShelf();
  const waiting = storedState("pending");
  const counters = await reader.counters();
  for (const { number, id, state, createdAtMs, version, settings } of await reader.pools()) {
    const pool = {
      id: parseStored(PoolIdSchema, JSON.stringify(id)),
      state: state as PoolState, // as it was written
      createdAtMs,
      settings: parseStored(StoredPoolSettings, settings),
      settingsVersion: version,
    };
    // Closed pools may be many, and seldom has one anything left: they are not all looked through.
    const mayWait = state !== "closed" ||
      counters.some((one) => one.pool === number && one.state === waiting && one.ever > 0);
    shelf.add(number, pool, mayWait ? await reader.priorities(number) : []);
  }
  return shelf;
}

async function readTallies(reader: JournalReader): Promise<Tallies> {
  const tallies = new Tallies();
  const pools = new Map((await reader.pools()).map(({ number, id }) => [number, id]));
  for (const { pool, state, ever } of await reader.counters()) {
    const id = pools.get(pool);
    const what = countedOf(state);
    if (id !== undefined && what !== undefined) tallies.add(PoolIdSchema.parse(id), what, ever);
  }
  return tallies;
}

function countedOf(state: number): Counted | undefined {
  if (state === TIMED_OUT) return "timedOut";
  if (state === QUEUE_TIMED_OUT) return "queueTimedOut";
  if (state === REJECTED) return "rejected";
  return STORED_STATES[state] ?? undefined;
}

async function readOrphans({ reader, orphans }: RecoveryOptions): Promise<readonly StoredTask[]> {
  const rows = [...await reader.bySeqs(orphans), ...await reader.running()];
  const bySeq = new Map(rows.filter(({ state }) => !isFinal(state)).map((row) => [row.seq, row]));
  return [...bySeq.values()].sort((one, other) => one.seq - other.seq);
}

/** Writes what becomes of one; gives it as it is then, unless that was its end. */
function recoverOne(
  { journal, wasClosed, nowMs }: RecoveryOptions,
  row: StoredTask,
  pool: number,
): StoredTask | undefined {
  const deaths = row.deaths + (wasClosed ? 0 : 1);
  if (deaths >= DEATHS_MAX) {
    journal.end(poisonRow(row, pool, deaths, nowMs), true);
    return undefined;
  }
  const cause = wasClosed
    ? SENTENCES.shutDownBeforeOutcome()
    : SENTENCES.serverDied(deaths, DEATHS_MAX - 1);
  journal.move(recoverRow(row, pool, deaths, nowMs, cause));
  return { ...row, state: "pending", attempt: row.attempt + 1, deaths };
}

function recoverRow(
  row: StoredTask,
  pool: number,
  deaths: number,
  nowMs: number,
  cause: string,
): readonly Cell[] {
  const to = transition(row.state, "recover");
  return [
    row.seq,
    pool,
    storedState(row.state),
    storedState(to),
    STORED_EVENTS.indexOf("recover"),
    Math.round(nowMs),
    row.attempt + 1,
    null,
    cause,
    deaths,
  ];
}

function poisonRow(
  row: StoredTask,
  pool: number,
  deaths: number,
  nowMs: number,
): readonly Cell[] {
  const failure: TaskFailure = {
    code: "poisonous",
    name: "Error",
    message: SENTENCES.poisonous(deaths),
    stack: null,
  };
  return [
    row.seq,
    pool,
    storedState(row.state),
    storedState("failed"),
    STORED_EVENTS.indexOf("fail"),
    Math.round(nowMs),
    row.attempt,
    row.startedAtMs,
    null,
    row.slot,
    null,
    null,
    JSON.stringify(failure),
    row.notes,
    row.codeVersion,
    0,
    0,
  ];
}
