import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { outcomesChart, poolCharts } from "../../../../routes/present/chart.ts";
import { en } from "../../../../views/i18n/en.ts";
import { zh } from "../../../../views/i18n/zh.ts";
import { HISTORY, POOL_ID } from "../../../helpers/fake_manager.ts";

const TIMES = HISTORY.points.map(({ atMs }) => atMs / 1_000);

Deno.test("outcomesChart() gives tasks a minute by outcome, over the seconds that were covered", () => {
  deepStrictEqual(outcomesChart(HISTORY, en, (id) => id === POOL_ID ? "<p>" : "?"), {
    id: "chart-outcomes",
    title: en.overview.outcomes,
    unit: "rate",
    kind: "stack",
    isLog: false,
    times: TIMES,
    series: [
      { label: "Completed", colour: "green", values: [0, 120] }, // 20 in 10 s
      { label: "Failed", colour: "red", values: [0, 30] },
      { label: "Cancelled", colour: "grey", values: [0, 24] },
    ],
    markers: [
      { at: Date.UTC(2026, 0, 2, 3, 4, 1) / 1_000, text: "The server started" },
      { at: Date.UTC(2026, 0, 2, 3, 4, 2) / 1_000, text: "Settings of <p> were changed" },
    ],
    isLastOpen: true,
  });
});

Deno.test("outcomesChart() has no rate where no second was covered", () => {
  const points = HISTORY.points.map((point) => ({ ...point, seconds: 0, isFinished: true }));
  const chart = outcomesChart({ ...HISTORY, points }, en, (id) => id);
  deepStrictEqual(chart.series.map(({ values }) => values), [[0, 0], [0, 0], [0, 0]]);
  strictEqual(chart.isLastOpen, false);
});

Deno.test("outcomesChart() of nothing is empty, and speaks the language of its words", () => {
  const chart = outcomesChart({ ...HISTORY, points: [], markers: [] }, zh, (id) => id);
  deepStrictEqual([chart.times, chart.markers, chart.isLastOpen, chart.title], [
    [],
    [],
    false,
    zh.overview.outcomes,
  ]);
});

Deno.test("poolCharts() gives the greatest gauges of each step, and percentiles where there are some", () => {
  const charts = poolCharts(HISTORY, en, "<p>");
  deepStrictEqual(
    charts.map(({ id, unit, isLog, times }) => [id, unit, isLog, times]),
    [
      ["chart-outcomes", "rate", false, TIMES],
      ["chart-threads", "count", false, TIMES],
      ["chart-queue", "count", false, TIMES],
      ["chart-oldest", "duration", false, TIMES],
      ["chart-wait", "duration", true, TIMES],
      ["chart-run", "duration", true, TIMES],
      ["chart-troubles", "rate", false, TIMES],
    ],
  );
  const values = charts.slice(1).map(({ series }) => series.map((one) => one.values));
  const percentiles = [[null, 1], [null, 2], [null, 3]];
  deepStrictEqual(values, [
    [[0, 2], [0, 2], [0, 2]],
    [[0, 2]],
    [[0, 2]],
    percentiles,
    percentiles,
    [[0, 6], [0, 6], [0, 6]],
  ]);
  deepStrictEqual(charts.slice(4, 6).map(({ series }) => series.map(({ label }) => label)), [
    ["p50", "p95", "p99"],
    ["p50", "p95", "p99"],
  ]);
});

Deno.test("poolCharts() marks the start and the pool's changes in each of them", () => {
  for (const { markers } of poolCharts(HISTORY, en, "<p>")) {
    deepStrictEqual(markers.map(({ text }) => text), [
      "The server started",
      "Settings of <p> were changed",
    ]);
  }
});

Deno.test("poolCharts() takes each line from the gauge that it is called by", () => {
  const [, last] = HISTORY.points;
  const span = (max: number) => ({ mean: 0, max });
  const gauges = {
    pending: span(1),
    running: span(2),
    busyThreads: span(3),
    threads: span(4),
    maxThreads: span(5),
    zombies: span(6),
    oldestWaitMs: span(7),
  };
  const points = last === undefined ? [] : [{ ...last, gauges }];
  const [, threads, queue, oldest] = poolCharts({ ...HISTORY, points }, en, "<p>");
  deepStrictEqual(threads?.series.map(({ label, values }) => [label, values]), [
    ["Busy", [3]],
    ["Threads", [4]],
    ["Size", [5]],
  ]);
  deepStrictEqual(queue?.series.map(({ values }) => values), [[1]]);
  deepStrictEqual(oldest?.series.map(({ values }) => values), [[7]]);
});
