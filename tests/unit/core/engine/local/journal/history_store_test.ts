import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { readHistory } from "../../../../../../core/engine/local/journal/history_read.ts";
import type { HistoryRow } from "../../../../../../core/observation/history/history_row.ts";
import { RowSum } from "../../../../../../core/observation/history/row_sum.ts";
import { KEPT_STEPS, stepBegin } from "../../../../../../core/observation/history/steps.ts";
import { completedRow, HistoryFile } from "../../../../../helpers/history_file.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** A day begins. */
const T = Date.UTC(2026, 0, 2);

const completed = (points: ReturnType<HistoryFile["read"]>) =>
  points.map(({ counts }) => counts.completed);

Deno.test("HistoryStore adds rows up to minutes, hours and days once these are over", () => {
  using file = new HistoryFile();
  for (let atMs = T; atMs < T + 2 * MINUTE; atMs += 5_000) file.save(atMs, [[1, completedRow(1)]]);
  deepStrictEqual(file.sizes(), [24, 2, 0, 0]);
  file.save(T + HOUR, [[1, completedRow(1)]]);
  deepStrictEqual(file.sizes(), [25, 2, 1, 0]);
  file.save(T + DAY, [[1, completedRow(1)]]);
  deepStrictEqual(file.sizes(), [1, 3, 2, 1]);
  deepStrictEqual(completed(file.read(1, 3, [T, T + 2 * DAY])), [25, 1]);
});

Deno.test("readHistory() makes what is not over yet of shorter steps, and gives each step its point", () => {
  using file = new HistoryFile();
  for (const atMs of [T, T + MINUTE, T + HOUR + 3 * MINUTE, T + HOUR + 3 * MINUTE + 5_000]) {
    file.save(atMs, [[1, completedRow(2)], [7, completedRow(9)]]);
  }
  deepStrictEqual(completed(file.read(1, 0, [T, T + 15_000])), [2, 0, 0]);
  deepStrictEqual(completed(file.read(1, 1, [T, T + 3 * MINUTE])), [2, 2, 0]);
  deepStrictEqual(completed(file.read(1, 2, [T, T + 3 * HOUR])), [4, 4, 0]);
  deepStrictEqual(completed(file.read(1, 3, [T, T + DAY])), [8]);
  deepStrictEqual(completed(file.read(7, 3, [T, T + DAY])), [36]);
  deepStrictEqual(completed(file.read(3, 3, [T, T + DAY])), [0]);
  const [, , point] = file.read(1, 2, [T, T + 3 * HOUR]);
  deepStrictEqual([point?.gauges, point?.run, point?.atMs, point?.seconds], [
    null,
    null,
    T + 2 * HOUR,
    3_600,
  ]);
});

Deno.test("HistoryStore keeps rows of task types beside those of pools, at every length", () => {
  using file = new HistoryFile();
  for (const atMs of [T, T + MINUTE, T + HOUR]) {
    const types = [["noop", completedRow(2)], ["sleep", completedRow(3)]] as const;
    file.save(atMs, [[1, completedRow(9)]], atMs + 5_000, types);
  }
  const range = [T, T + 2 * HOUR] as const;
  deepStrictEqual(completed(file.read("noop", 2, range)), [4, 2]);
  deepStrictEqual(completed(file.read("sleep", 2, range)), [6, 3]);
  deepStrictEqual(completed(file.read("other", 2, range)), [0, 0]);
  deepStrictEqual(completed(file.read(1, 2, range)), [18, 9]);
  deepStrictEqual(completed(file.read(0, 2, range)), [0, 0]);
});

Deno.test("HistoryStore adds a row that comes late at every length", () => {
  using file = new HistoryFile();
  for (let atMs = T; atMs < T + DAY + HOUR; atMs += 10 * MINUTE) {
    file.save(atMs, [[1, completedRow(1)]]);
  }
  // The clock was set back: to a step that has its row, to one that has none, and to a day before.
  file.save(T + DAY, [[1, completedRow(100)]]);
  file.save(T + DAY + 5_000, [[1, completedRow(200)]]);
  file.save(T + HOUR, [[1, completedRow(300)]]);
  file.save(T + DAY + HOUR, [[1, completedRow(1)]]);
  deepStrictEqual(completed(file.read(1, 0, [T + DAY, T + DAY + 10_000])), [101, 200]);
  deepStrictEqual(completed(file.read(1, 1, [T + DAY, T + DAY + MINUTE])), [301]);
  deepStrictEqual(completed(file.read(1, 2, [T + HOUR, T + 2 * HOUR])), [306]);
  deepStrictEqual(completed(file.read(1, 3, [T, T + 2 * DAY])), [444, 307]);
});

Deno.test("HistoryStore lets old rows of each length go, and nothing that is in no longer one", () => {
  using file = new HistoryFile();
  const days = 70;
  for (let atMs = T; atMs < T + days * DAY; atMs += 20 * MINUTE) {
    file.save(atMs, [[1, completedRow(1)]]);
  }
  const [seconds = 0, minutes = 0, hours = 0, inDays = 0] = file.sizes();
  const within = (rows: number, perKept: number) =>
    ok(rows >= perKept && rows <= perKept * 1.1 + 2, `${rows} for ${perKept}`);
  within(seconds, 2 * 3);
  within(minutes, 48 * 3);
  within(hours, 60 * 24);
  strictEqual(inDays, days - 1);
  deepStrictEqual(
    completed(file.read(1, 3, [T, T + days * DAY])),
    Array.from({ length: days }, () => 72),
  );
});

Deno.test("HistoryStore goes on a little with each sample, and is exact meanwhile", () => {
  using file = new HistoryFile();
  const pools = Array.from({ length: 100 }, (_, at) => at + 1);
  const all = pools.map((pool): [number, HistoryRow] => [pool, completedRow(pool)]);
  for (let at = 0; at < 12; at++) file.save(T + at * 5_000, all);
  strictEqual(file.sizes()[1], rolledBy(120 + 200));
  const minutesDone = [file.sizes()[1] ?? 0];
  while ((minutesDone.at(-1) ?? 0) < 100) {
    for (const pool of [1, 50, 100]) {
      deepStrictEqual(completed(file.read(pool, 1, [T, T + MINUTE])), [12 * pool]);
    }
    file.save(T + MINUTE + 5_000 * minutesDone.length, [[1, completedRow(1)]]);
    minutesDone.push(file.sizes()[1] ?? 0);
    ok(minutesDone.length < 20, `not rolled up after ${minutesDone}`);
  }
  const steps = minutesDone.slice(1).map((done, at) => done - (minutesDone[at] ?? 0));
  ok(steps.every((step) => step <= rolledBy(120 + 2)), steps.join());
});

Deno.test("HistoryStore: each length adds up to all rows that came, whenever and in whatever order", () => {
  const row = fc.record({
    pool: fc.integer({ min: 0, max: 2 }),
    /** Within 41 hours: minutes are kept for longer. */
    at: fc.nat({ max: 30_000 }),
    tasks: fc.integer({ min: 1, max: 50 }),
    bucket: fc.nat({ max: 1_215 }),
    /** How far the clock is then from the row's step: it may jump. */
    aheadMs: fc.constantFrom(5_000, 5_000, MINUTE, HOUR, -HOUR),
  });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 80 }), (rows) => {
      using file = new HistoryFile();
      for (const { pool, at, tasks, bucket, aheadMs } of rows) {
        const atMs = T + 5_000 * at;
        file.save(atMs, [[pool, completedRow(tasks, bucket)]], atMs + aheadMs);
      }
      for (const pool of [0, 1, 2]) {
        const own = rows.filter((one) => one.pool === pool);
        for (const [level, { stepMs }] of KEPT_STEPS.entries()) {
          if (level === 0) continue; // of these some are kept no more
          const buckets = Map.groupBy(own, ({ at }) => stepBegin(T + 5_000 * at, stepMs));
          for (const [atMs, list] of buckets) {
            const [point] = file.read(pool, level, [atMs, atMs + stepMs]);
            const sum = RowSum.of(list.map(({ tasks, bucket }) => completedRow(tasks, bucket)));
            deepStrictEqual(point, sum.toPoint({ atMs, stepMs, knownUntilMs: atMs + stepMs }));
          }
        }
      }
    }),
    { numRuns: 60 },
  );
});

Deno.test("readHistory() tells of starts and of settings in the range, of one pool or of all", () => {
  using file = new HistoryFile();
  const ids = ["01990000-0000-7000-8000-000000000001", "01990000-0000-7000-8000-000000000002"];
  for (const [index, id] of ids.entries()) {
    file.db.prepare("INSERT INTO pools VALUES (?, ?, 'running', 0, 2, '{}')").run(index + 1, id);
    const version = file.db.prepare("INSERT INTO pool_settings VALUES (?, ?, ?, ?, NULL, '{}')");
    version.run(index + 1, 1, T - DAY, null);
    version.run(index + 1, 2, T + (index + 1) * MINUTE, "ada");
  }
  file.store.saveStart({ kind: "started", atMs: T - 1, wasClosed: true });
  file.store.saveStart({ kind: "started", atMs: T + 90_000, wasClosed: false });
  const range = { level: 1, stepMs: MINUTE, fromMs: T, toMs: T + HOUR, knownUntilMs: T + HOUR };
  const read = (pool: number) => readHistory(file.db, { ...range, pool, type: undefined }).markers;
  const start = { kind: "start", atMs: T + 90_000, wasClosed: false };
  const settings = ids.map((poolId, index) => ({
    kind: "settings",
    atMs: T + (index + 1) * MINUTE,
    poolId,
    version: 2,
    author: "ada",
    reason: null,
  }));
  deepStrictEqual(read(0), [settings[0], start, settings[1]]);
  deepStrictEqual(read(2), [start, settings[1]]);
});

/** How many minutes of twelve rows are begun with so many rows. */
function rolledBy(rows: number): number {
  return Math.ceil(rows / 12);
}
