/**
 * What the history costs: a sample of 1,000 idle pools and 200 busy ones, and reading a week of one
 * pool and of all together. Run it by `deno run -A tests/bench/history_bench.ts`.
 */
import process from "node:process";
import { DatabaseSync } from "node:sqlite";
import { DataFolder } from "../../core/engine/local/journal/data_folder.ts";
import { migrate } from "../../core/engine/local/journal/migrations.ts";
import { LocalEngine } from "../../core/engine/local/local_engine.ts";
import { startChildThread } from "../../core/execution/child_thread.ts";
import { ThreadBudget } from "../../core/execution/thread_budget.ts";
import { ThreadPool } from "../../core/execution/thread_pool.ts";
import { PoolSettings } from "../../core/model/pool.ts";
import type { MeteredPool } from "../../core/observation/history/pool_meter.ts";
import { writeHistoryRow } from "../../core/observation/history/row_bytes.ts";
import { RowSum } from "../../core/observation/history/row_sum.ts";
import { HistorySampler } from "../../core/observation/history/sampler.ts";
import { chooseRange, SAMPLE_MS } from "../../core/observation/history/steps.ts";
import { getLogger } from "../../core/observation/logging.ts";
import { meteredRoom } from "../../core/pool_history.ts";
import { PoolRoom } from "../../core/pool_room.ts";
import { newPoolId } from "../conformance/engine_world.ts";
import { chance } from "../helpers/chance.ts";
import { fakeClock } from "../helpers/fake_clock.ts";

const [IDLE, BUSY, TICKS] = [1_000, 200, 60];
/** Tasks that each busy pool ends in a step, and how long these wait and run at the most. */
const [TASKS, WAIT_MS_MAX, RUN_MS_MAX] = [500, 40, 300];
const WEEK_MS = 7 * 86_400_000;
const NOW = Date.UTC(2026, 0, 9, 12, 34, 55);

const random = chance(5);
const say = (text: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
const quantile = (times: readonly number[], share: number) =>
  (times.toSorted((one, other) => one - other)[Math.floor(times.length * share)] ?? 0).toFixed(2);

const folder = DataFolder.open(":memory:");
await migrate(folder.journalPath);
fillWeek();
const clock = fakeClock(NOW);
const engine = await LocalEngine.open({ files: folder, keep: { tasks: 1_000, ms: null }, clock });
const budget = new ThreadBudget(1, 1);
const onError = (error: unknown) => {
  throw error;
};
const sampler = new HistorySampler({ engine, clock, onError });
const rooms = await Promise.all(Array.from({ length: IDLE + BUSY }, openRoom));
for (const room of rooms.slice(BUSY)) sampler.watch(meteredRoom(room));
const idleTimes = Array.from({ length: TICKS }, () => {
  clock.advance(SAMPLE_MS);
  const began = performance.now();
  sampler.tick();
  return performance.now() - began;
});
say(`a sample of ${IDLE} idle pools: main thread p50 ${quantile(idleTimes, 0.5)} ms`);
const grow = rooms.slice(0, BUSY).map((room) => watchBusy(room));

const times: number[] = [];
const cpuAt = process.cpuUsage();
let growMs = 0;
for (let tick = 0; tick < TICKS; tick++) {
  const grewMs = performance.now();
  for (const add of grow) add();
  growMs += performance.now() - grewMs;
  clock.advance(SAMPLE_MS);
  const began = performance.now();
  sampler.tick();
  times.push(performance.now() - began);
  await engine.flush();
}
const cpu = process.cpuUsage(cpuAt);
const cpuMs = (cpu.user + cpu.system) / 1_000 - growMs;
const percentOf = (ms: number) => (100 * ms / SAMPLE_MS).toFixed(2);
say(
  `a sample of ${IDLE} idle and ${BUSY} busy pools: main thread p50 ${
    quantile(times, 0.5)
  } ms, p99 ` +
    `${quantile(times, 0.99)} ms (${percentOf(times.reduce((sum, ms) => sum + ms, 0) / TICKS)} % ` +
    `of a core); with the writer ${percentOf(cpuMs / TICKS)} %`,
);

const pool = rooms[0]?.id;
for (const [name, poolId] of [["one pool", pool], ["all pools", undefined]] as const) {
  for (const [rangeName, fromMs] of [["7 days", WEEK_MS], ["2 days", 2 * 86_400_000]] as const) {
    const known = { nowMs: clock.nowMs(), knownUntilMs: sampler.knownUntilMs };
    const range = chooseRange({ fromMs: known.nowMs - fromMs }, known);
    const query = { ...range, ...known, ...poolId !== undefined && { poolId } };
    const reads: number[] = [];
    let points = 0;
    for (let read = 0; read < 50; read++) {
      const began = performance.now();
      points = (await engine.history.read(query)).points.length;
      reads.push(performance.now() - began);
    }
    say(
      `${rangeName} of ${name} by ${range.stepMs / 1_000} s: ${points} points, p50 ` +
        `${quantile(reads, 0.5)} ms, p99 ${quantile(reads, 0.99)} ms`,
    );
  }
}
const bytes = Deno.statSync(folder.journalPath).size;
say(`${(bytes / 2 ** 20).toFixed(1)} MiB of journal for a week of ${BUSY} pools`);
await engine[Symbol.asyncDispose]();
folder[Symbol.dispose]();

async function openRoom(): Promise<PoolRoom> {
  const settings = PoolSettings.parse({ name: "bench" });
  const threads = new ThreadPool({
    settings,
    encoding: "json",
    startThread: startChildThread,
    budget,
    codeFolders: [],
    env: {},
    cacheFolder: "",
  });
  const record = {
    id: newPoolId(),
    state: "running",
    createdAtMs: NOW,
    settings,
    settingsVersion: 1,
  } as const;
  await engine.savePool(record);
  return new PoolRoom(record, { threads, noThreads: threads, engine, logger: getLogger("bench") });
}

/** Watches a room as if it had worked; gives what makes it have done more. */
function watchBusy(room: PoolRoom): () => void {
  let completed = 0;
  const metered: MeteredPool = meteredRoom(room);
  sampler.watch({
    ...metered,
    isClosed: false,
    counts: () => ({ ...metered.counts(), completed }),
    threads: () => ({ ...metered.threads(), busyMs: completed }),
  });
  return () => {
    completed += TASKS;
    for (let task = 0; task < TASKS; task++) {
      room.threads.stats.recordWait(random() * WAIT_MS_MAX);
      room.threads.stats.recordRun(random() * RUN_MS_MAX);
    }
  };
}

/** A week of busy pools, as the writer would have left it: of each hour what its minutes add up to. */
function fillWeek(): void {
  using db = new DatabaseSync(folder.journalPath);
  const row = RowSum.of([]).toRow();
  const histogram = Array.from({ length: 300 }, (_, bucket) => [bucket + 300, 40]).flat();
  const bytes = writeHistoryRow({
    ...row,
    samples: 720,
    coveredMs: 3_600_000,
    run: histogram,
    wait: histogram,
  });
  const insert = db.prepare("INSERT INTO history VALUES (?, ?, ?, 1, ?)");
  db.exec("BEGIN");
  for (let pool = 0; pool <= BUSY; pool++) {
    for (let atMs = NOW - WEEK_MS; atMs < NOW; atMs += 3_600_000) {
      insert.run(3_600, pool, Math.floor(atMs / 3_600_000) * 3_600_000, bytes);
    }
    for (let atMs = NOW - 2 * 86_400_000; atMs < NOW; atMs += 60_000) {
      insert.run(60, pool, Math.floor(atMs / 60_000) * 60_000, bytes);
    }
  }
  db.exec("COMMIT");
}
