/** Histories as charts. */
import type {
  History,
  HistoryCount,
  HistoryGauge,
  HistoryPoint,
  Percentiles,
} from "../../core/mod.ts";
import type { Words } from "../../views/i18n/en.ts";
import type { ChartModel } from "../../views/parts/chart.tsx";

/** Tasks a minute by outcome, on each other. */
export function outcomesChart(
  history: History,
  t: Words,
  poolName: (id: string) => string,
): ChartModel {
  return {
    ...base(history, "outcomes", t.overview.outcomes, "rate"),
    kind: "stack",
    series: [
      { label: t.state.completed, colour: "green", values: rate(history, "completed") },
      { label: t.state.failed, colour: "red", values: rate(history, "failed") },
      { label: t.state.cancelled, colour: "grey", values: rate(history, "cancelled") },
    ],
    markers: markersOf(history, t, poolName),
  };
}

/** What the charts of one pool, called `poolName`, show. */
export function poolCharts(history: History, t: Words, poolName: string): readonly ChartModel[] {
  const gauge = (name: HistoryGauge) =>
    history.points.map(({ gauges }) => gauges === null ? 0 : gauges[name].max);
  const percentile = (of: "wait" | "run", name: "p50" | "p95" | "p99") =>
    history.points.map((point) => valueOf(point, of, name));
  const lines = { kind: "lines" as const, markers: markersOf(history, t, () => poolName) };
  const percentiles = (of: "wait" | "run") =>
    ([["p50", "azure"], ["p95", "blue"], ["p99", "orange"]] as const).map(([name, colour]) => ({
      label: name,
      colour,
      values: percentile(of, name),
    }));
  return [
    outcomesChart(history, t, () => poolName),
    {
      ...base(history, "threads", t.pool.chartThreads, "count"),
      ...lines,
      series: [
        { label: t.slotState.busy, colour: "blue", values: gauge("busyThreads") },
        { label: t.pool.threads, colour: "azure", values: gauge("threads") },
        { label: t.pool.size, colour: "grey", values: gauge("maxThreads") },
      ],
    },
    {
      ...base(history, "queue", t.pool.chartQueue, "count"),
      ...lines,
      series: [{ label: t.state.pending, colour: "azure", values: gauge("pending") }],
    },
    {
      ...base(history, "oldest", t.pool.chartOldest, "duration"),
      ...lines,
      series: [{ label: t.pool.chartOldest, colour: "orange", values: gauge("oldestWaitMs") }],
    },
    {
      ...base(history, "wait", t.pool.chartWait, "duration"),
      ...lines,
      isLog: true,
      series: percentiles("wait"),
    },
    {
      ...base(history, "run", t.pool.chartRun, "duration"),
      ...lines,
      isLog: true,
      series: percentiles("run"),
    },
    {
      ...base(history, "troubles", t.pool.chartTroubles, "rate"),
      ...lines,
      series: [
        { label: t.pools.rejected, colour: "orange", values: rate(history, "rejected") },
        { label: t.pool.ranTooLong, colour: "red", values: runTimeouts(history) },
        { label: t.pool.waitedTooLong, colour: "azure", values: rate(history, "queueTimedOut") },
      ],
    },
  ];
}

/** What the charts of one task type show: of its attempts, in all pools. */
export function typeCharts(history: History, t: Words): readonly ChartModel[] {
  const lines = { kind: "lines" as const, markers: markersOf(history, t, (id) => id) };
  const ended = ({ counts }: HistoryPoint) => counts.completed + counts.failed + counts.cancelled;
  return [
    outcomesChart(history, t, (id) => id),
    {
      ...base(history, "threads", t.types.chartThreads, "count"),
      ...lines,
      series: [{
        label: t.slotState.busy,
        colour: "blue",
        values: history.points.map(({ busyMs, seconds }) =>
          seconds > 0 ? busyMs / (1_000 * seconds) : 0
        ),
      }],
    },
    {
      ...base(history, "average", t.types.chartAverage, "duration"),
      ...lines,
      series: [{
        label: t.types.average,
        colour: "azure",
        values: history.points.map((point) =>
          ended(point) > 0 ? point.busyMs / ended(point) : null
        ),
      }],
    },
  ];
}

/** How many a minute. */
function rate({ points }: History, name: HistoryCount): readonly number[] {
  return points.map(({ counts, seconds }) => seconds > 0 ? counts[name] / seconds * 60 : 0);
}

/** The same of those that ran too long. */
function runTimeouts(history: History): readonly number[] {
  const queue = rate(history, "queueTimedOut");
  return rate(history, "timedOut").map((all, at) => all - (queue[at] ?? 0));
}

function markersOf(
  { markers }: History,
  t: Words,
  poolName: (id: string) => string,
): ChartModel["markers"] {
  return markers.map((marker) => ({
    at: marker.atMs / 1_000,
    text: marker.kind === "start"
      ? t.overview.markerStart
      : t.overview.markerSettings(poolName(marker.poolId)),
  }));
}

function base(history: History, id: string, title: string, unit: ChartModel["unit"]) {
  return {
    id: `chart-${id}`,
    title,
    unit,
    isLog: false,
    times: history.points.map(({ atMs }) => atMs / 1_000),
    isLastOpen: history.points.at(-1)?.isFinished === false,
  };
}

function valueOf(
  point: HistoryPoint,
  of: "wait" | "run",
  name: keyof Omit<Percentiles, "count">,
): number | null {
  return point[of]?.[name] ?? null;
}
