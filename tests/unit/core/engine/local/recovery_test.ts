import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import {
  type Cell,
  type Change,
  END_COLUMNS,
  MOVE_COLUMNS,
} from "../../../../../core/engine/local/journal/group.ts";
import { DataFolder } from "../../../../../core/engine/local/journal/data_folder.ts";
import { Journal } from "../../../../../core/engine/local/journal/journal.ts";
import type { StoredPool } from "../../../../../core/engine/local/journal/read_store.ts";
import { JournalReader } from "../../../../../core/engine/local/journal/reader.ts";
import { RunningLedger } from "../../../../../core/engine/local/journal/running_ledger.ts";
import {
  QUEUE_TIMED_OUT,
  REJECTED,
  storedState,
  TIMED_OUT,
} from "../../../../../core/engine/local/journal/schema.ts";
import type { StoredTask } from "../../../../../core/engine/local/journal/stored_task.ts";
import { recover, type RecoveryOptions } from "../../../../../core/engine/local/recovery.ts";
import { PoolSettings } from "../../../../../core/model/pool.ts";
import type { TaskId } from "../../../../../core/model/task.ts";
import { EngineWorld } from "../../../../conformance/engine_world.ts";
import { openEngine } from "../../../../helpers/open_engine.ts";
import { changeJournal } from "../../../../helpers/stored_journal.ts";
import { POOL_ID, storedTask } from "../../../../helpers/tasks_of_pool.ts";

const PENDING = storedState("pending");
const DEAF = { written() {}, failed() {} };
const SETTINGS = PoolSettings.parse({ name: "a pool" });
const POOL: StoredPool = {
  number: 4,
  id: POOL_ID,
  state: "paused",
  createdAtMs: 1_000,
  version: 3,
  settings: JSON.stringify(SETTINGS),
};

/** What a journal of an earlier life has. */
interface Left {
  readonly pools?: readonly StoredPool[];
  readonly rows?: readonly StoredTask[];
  /** Priorities of which tasks wait on disk. */
  readonly waiting?: readonly number[];
  readonly counters?: readonly { readonly pool: number; readonly state: number; ever: number }[];
}

/** Opens it, and keeps what was written in that order. */
async function recoverFrom(left: Left, changes: Partial<RecoveryOptions> = {}) {
  const { pools = [POOL], rows = [], waiting = [], counters = [] } = left;
  const written: (Record<string, Cell | undefined> | string)[] = [];
  const journal = {
    move: (row: readonly Cell[]) => written.push(named(MOVE_COLUMNS, row)),
    end: (row: readonly Cell[], isSynced: boolean) =>
      written.push({ ...named(END_COLUMNS, row), isSynced: Number(isSynced) }),
    note: ({ kind }: Change) => written.push(kind),
    flush: () => Promise.resolve(void written.push("flush")),
  };
  const reader = {
    pools: () => Promise.resolve(pools),
    priorities: () => Promise.resolve(waiting),
    counters: () => {
      if (written.length > 0) written.push("read counters"); // the first look is for closed pools
      return Promise.resolve(counters);
    },
    bySeqs: (seqs: readonly number[]) =>
      Promise.resolve(rows.filter((one) => seqs.includes(one.seq))),
    running: () => Promise.resolve(rows.filter(({ state }) => state === "running")),
    lastSeq: () => Promise.resolve(77),
    recoveredLedger: () => Promise.resolve(null),
  };
  const recovered = await recover({
    journal: journal as unknown as Journal, // what recovery asks of them
    reader: reader as unknown as JournalReader,
    orphans: [],
    generation: 6,
    wasClosed: false,
    nowMs: 5_000.4,
    ...changes,
  });
  return { ...recovered, written };
}

function named(columns: readonly string[], row: readonly Cell[]): Record<string, Cell | undefined> {
  strictEqual(row.length, columns.length);
  return Object.fromEntries(columns.map((column, index) => [column, row[index]]));
}

function running(seq: number, changes: Partial<StoredTask> = {}): StoredTask {
  return storedTask(seq, { state: "running", startedAtMs: 2_000, slot: 1, ...changes });
}

Deno.test("recover() gives the pools as they were saved, and the priorities that wait", async () => {
  const { shelf, lastSeq } = await recoverFrom({ waiting: [5, 0] });
  deepStrictEqual(shelf.pools, [{
    id: POOL_ID,
    state: "paused",
    createdAtMs: 1_000,
    settings: SETTINGS,
    settingsVersion: 3,
  }]);
  deepStrictEqual([shelf.numberOf(POOL_ID), shelf.waiting(POOL_ID)], [4, [5, 0]]);
  strictEqual(lastSeq, 77);
});

Deno.test("recover() looks for what waits of a closed pool only where some is counted", async () => {
  const waitingOf = async (ever: number) => {
    const { shelf } = await recoverFrom({
      pools: [{ ...POOL, state: "closed" }],
      waiting: [5],
      counters: [
        { pool: POOL.number + 1, state: PENDING, ever: 1 },
        { pool: POOL.number, state: PENDING, ever },
        { pool: POOL.number, state: PENDING + 1, ever: 1 },
      ],
    });
    return shelf.waiting(POOL_ID);
  };
  deepStrictEqual([await waitingOf(0), await waitingOf(1)], [[], [5]]);
});

Deno.test("recover() opens a pool whose permissions are no longer taken", async () => {
  const permissions = { read: [], write: [], net: ["http://foo/bar baz"], env: ["A=B"] };
  ok(!PoolSettings.safeParse({ ...SETTINGS, permissions }).success);
  const settings = JSON.stringify({ ...SETTINGS, permissions });
  const { shelf } = await recoverFrom({ pools: [{ ...POOL, settings }] });
  deepStrictEqual(shelf.pools.map((pool) => pool.settings.permissions), [permissions]);
});

Deno.test.each([
  ["settings", { ...POOL, settings: '{"name":' }],
  ["settings", { ...POOL, settings: '{"name":7}' }],
  ["an id", { ...POOL, id: "seven" }],
])("recover() refuses a pool with %s that it did not write", async (_, pool) => {
  await rejects(recoverFrom({ pools: [pool] }), { code: "journal_corrupt" });
});

Deno.test("recover() gives what ran when the server died another attempt", async () => {
  const row = running(9, { attempt: 2, deaths: 1 });
  const { orphans, written } = await recoverFrom({ rows: [row] });
  deepStrictEqual(written[0], {
    seq: 9,
    pool: 4,
    from: 4,
    to: 3,
    event: 10,
    at: 5_000,
    attempt: 3,
    slot: null,
    cause: "The server died while it ran (2 of at most 2 times)",
    deaths: 2,
  });
  deepStrictEqual([...orphans], [[POOL_ID, [{
    ...row,
    state: "pending",
    attempt: 3,
    deaths: 2,
  }]]]);
});

Deno.test("recover() counts no death where the server ended by itself", async () => {
  const row = running(9, { deaths: 2 });
  const { orphans, written } = await recoverFrom({ rows: [row] }, { wasClosed: true });
  const [move] = written;
  deepStrictEqual(typeof move === "object" && [move["cause"], move["deaths"], move["attempt"]], [
    "The server was shut down before its outcome was known",
    2,
    2,
  ]);
  deepStrictEqual(orphans.get(POOL_ID)?.map(({ deaths }) => deaths), [2]);
});

Deno.test("recover() ends what was there at three deaths of the server, and runs it no more", async () => {
  const row = running(9, { attempt: 3, deaths: 2, notes: '{"metrics":{}}' });
  const { orphans, written } = await recoverFrom({ rows: [row] });
  const failure = {
    code: "poisonous",
    name: "Error",
    message: "The server died 3 times while this task ran: it is not run again",
    stack: null,
  };
  deepStrictEqual(written[0], {
    seq: 9,
    pool: 4,
    from: 4,
    to: 6,
    event: 8,
    at: 5_000,
    attempt: 3,
    startedAt: 2_000,
    runMs: null,
    slot: 1,
    cause: null,
    result: null,
    ending: JSON.stringify(failure),
    notes: '{"metrics":{}}',
    codeVersion: "v1",
    startedNow: 0,
    timeout: 0,
    isSynced: 1,
  });
  strictEqual(orphans.size, 0);
});

Deno.test("recover() takes what was handed to a thread, too, each once and in their order", async () => {
  const rows = [running(9), storedTask(3), storedTask(5, { state: "completed" }), storedTask(1)];
  // Of 9 both the ledger and the journal tell; 1 was handed to nobody; 8 was never written.
  const { orphans, written } = await recoverFrom({ rows }, { orphans: [9, 3, 5, 8] });
  deepStrictEqual(orphans.get(POOL_ID)?.map(({ seq, state }) => [seq, state]), [
    [3, "pending"],
    [9, "pending"],
  ]);
  deepStrictEqual(
    written.flatMap((row) => typeof row === "object" ? [[row["seq"], row["from"], row["to"]]] : []),
    [[3, 3, 3], [9, 4, 3]],
  );
});

Deno.test("recover() counts after what it changed is written", async () => {
  const { tallies, written } = await recoverFrom({
    rows: [running(9)],
    counters: [
      { pool: 4, state: 3, ever: 2 },
      { pool: 4, state: 5, ever: 40 },
      { pool: 4, state: TIMED_OUT, ever: 6 },
      { pool: 4, state: QUEUE_TIMED_OUT, ever: 2 },
      { pool: 4, state: REJECTED, ever: 7 },
      { pool: 4, state: 0, ever: 1 },
      { pool: 4, state: 99, ever: 1 },
      { pool: 5, state: 5, ever: 1 },
    ],
  });
  deepStrictEqual(written.slice(1), ["recovered", "flush", "read counters"]);
  deepStrictEqual(tallies.counts(), {
    blocked: 0,
    scheduled: 0,
    pending: 2,
    running: 0,
    completed: 40,
    failed: 0,
    cancelled: 0,
    timedOut: 6,
    queueTimedOut: 2,
    rejected: 7,
  });
});

Deno.test("recover() counts a death once, however often it is cut off before the ledger begins anew", async () => {
  const [data, copy] = [await Deno.makeTempDir(), await Deno.makeTempDir()];
  try {
    const id = await runUntilDeath(data, copy);
    for (let start = 1; start <= 4; start++) {
      using folder = DataFolder.open(copy);
      const { journalPath, ledgerPath } = folder;
      await using journal = await Journal.open(journalPath, { isDurable: true, listener: DEAF });
      await using reader = await JournalReader.open(folder);
      const { ledger: _, lastGroup: __, ...left } = RunningLedger.open(ledgerPath);
      const { orphans } = await recover({ journal, reader, ...left, nowMs: 5_000 });
      const row = await reader.get(id);
      deepStrictEqual([row?.state, row?.attempt, row?.deaths], ["pending", 2, 1]);
      const again = [...orphans.values()].flat();
      deepStrictEqual(again.map(({ attempt, deaths }) => [attempt, deaths]), [[2, 1]]);
    }
  } finally {
    for (const folder of [data, copy]) await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("recover() counts the first death after a restore, whatever number the backup's ledger had", async () => {
  const [data, copy] = [await Deno.makeTempDir(), await Deno.makeTempDir()];
  try {
    await (await openEngine(data))[Symbol.asyncDispose]();
    const dealtWith = "INSERT OR REPLACE INTO meta VALUES ('recovered_ledger', 1)";
    changeJournal(join(data, "journal.sqlite"), dealtWith);
    Deno.removeSync(join(data, "running.ledger")); // a restore takes it away
    const id = await runUntilDeath(data, copy, { isSeen: false });
    await using engine = await openEngine(copy);
    strictEqual((await engine.get(id)).attempt, 2);
  } finally {
    for (const folder of [data, copy]) await Deno.remove(folder, { recursive: true });
  }
});

/**
 * Has a task run, and copies the folder as a death of the server would leave it; gives the task. Where
 * it was not seen to run, it was handed over and no more.
 */
async function runUntilDeath(
  data: string,
  copy: string,
  { isSeen = true } = {},
): Promise<TaskId> {
  await using world = await EngineWorld.open(() => openEngine(data));
  const task = world.task();
  const { id } = task;
  await world.engine.enqueue([task]);
  world.engine.handOver([world.runner.find(id)]);
  if (isSeen) world.runner.start(id);
  await world.engine.flush();
  for (const { name } of Deno.readDirSync(data)) {
    if (name !== "lock.sqlite") Deno.copyFileSync(join(data, name), join(copy, name));
  }
  return id;
}
