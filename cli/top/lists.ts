/** What the columns of `top`'s lists hold. */
import { STATE_COLOURS } from "../table.ts";
import type { TopColumn } from "./columns.ts";
import type { PoolRow, ThreadRow, TypeRow } from "./look.ts";
import { barText, countText, durationText, percentText, rateText } from "./numbers.ts";
import type { WirePercentiles } from "../client/mod.ts";

const PERCENT_CELLS = 5;

/** The pools; `title` is that of their names. */
export function poolColumns(title: string): readonly TopColumn<PoolRow>[] {
  return [
    { title, width: 16, isRest: true, rank: 0, text: ({ pool }) => pool.name },
    {
      title: "STATUS",
      width: 8,
      rank: 2,
      text: ({ pool }) => pool.status,
      style: ({ pool }) => STATE_COLOURS.get(pool.status),
    },
    {
      title: "THREADS",
      width: 7,
      isNumber: true,
      rank: 1,
      text: ({ pool, busy }) => `${busy}/${pool.max_workers}`,
    },
    count("PENDING", 7, 3, ({ pool }) => pool.pending_tasks),
    count("DONE", 6, 5, ({ pool }) => pool.completed_tasks),
    {
      ...count("FAILED", 6, 6, ({ pool }) => pool.failed_tasks),
      style: ({ rates }) => (rates.failed ?? 0) > 0 ? "red" : undefined,
    },
    number("DONE/S", 6, 4, ({ rates }) => rateText(rates.completed)),
    number("WAIT95", 6, 7, ({ pool }) => durationText(p95Of(pool.wait_ms))),
    number("RUN95", 6, 8, ({ pool }) => durationText(p95Of(pool.run_ms))),
    number("OLDEST", 6, 9, ({ pool }) => durationText(pool.oldest_wait_ms)),
    count("CANCELLED", 9, 11, ({ pool }) => pool.cancelled_tasks),
    count("ZOMBIES", 7, 10, ({ pool }) => pool.zombies),
    { title: "ISOLATION", width: 9, rank: 12, text: ({ pool }) => pool.isolation },
    {
      title: "PROBLEM",
      width: 30,
      rank: 13,
      text: ({ pool }) => pool.start_problem ?? "",
      style: () => "red",
    },
  ];
}

/** The threads of one pool. */
export const THREAD_COLUMNS: readonly TopColumn<ThreadRow>[] = [
  number("#", 3, 1, ({ worker }) => String(worker.index)),
  {
    title: "STATE",
    width: 8,
    rank: 2,
    text: ({ worker }) => worker.state,
    style: ({ worker }) => STATE_COLOURS.get(worker.state),
  },
  { title: "TASK", width: 12, isRest: true, rank: 0, text: ({ task }) => taskText(task) },
  {
    title: "PROGRESS",
    width: 16,
    rank: 4,
    text: ({ task }, width) => progressText(task, width),
    style: () => "green",
  },
  number("FOR", 6, 3, ({ task }) => durationText(task?.run_ms ?? null)),
  count("DONE", 6, 5, ({ worker }) => worker.done),
  count("FAILED", 6, 6, ({ worker }) => worker.failed),
  count("MIB", 6, 7, ({ worker }) => worker.memory_bytes / 2 ** 20),
  number("PID", 7, 8, ({ worker }) => String(worker.pid ?? "–")),
  { title: "ID", width: 36, rank: 9, text: ({ task }) => task?.task_id ?? "" },
];

/** The task types; the share is of what so many looks saw running. */
export function typeColumns(looks: number): readonly TopColumn<TypeRow>[] {
  const title = `SHARE OF RUNNING TASKS, ${looks === 1 ? "1 LOOK" : `${looks} LOOKS`}`;
  return [
    { title: "TASK TYPE", width: 12, isRest: true, rank: 0, text: ({ name }) => name },
    count("RUNNING", 7, 1, ({ running }) => running),
    {
      title,
      width: 34,
      rank: 2,
      text: ({ share }, width) => barWithPercent(share, width),
      style: () => "cyan",
    },
  ];
}

function number<Row>(
  title: string,
  width: number,
  rank: number,
  text: (row: Row) => string,
): TopColumn<Row> {
  return { title, width, rank, isNumber: true, text };
}

function count<Row>(
  title: string,
  width: number,
  rank: number,
  value: (row: Row) => number,
): TopColumn<Row> {
  return number(title, width, rank, (row) => countText(value(row)));
}

function p95Of({ count, p95 }: WirePercentiles): number | null {
  return count === 0 ? null : p95;
}

/** A task without a name of its own bears its type's. */
function taskText(task: ThreadRow["task"]): string {
  if (task === undefined) return "–";
  return task.name === task.task_type ? task.name : `${task.name} (${task.task_type})`;
}

function progressText(task: ThreadRow["task"], width: number): string {
  const progress = task?.progress;
  if (progress === null || progress === undefined || progress.total <= 0) return "";
  return barWithPercent(progress.done / progress.total, width);
}

function barWithPercent(share: number, width: number): string {
  const bar = barText(share, Math.max(0, width - PERCENT_CELLS));
  return bar + percentText(share).padStart(PERCENT_CELLS);
}
