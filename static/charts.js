// Charts: each canvas has its numbers in a script element beside it, which htmx keeps up to date.
const COLOURS = {
  light: {
    green: "#2f8f5b",
    red: "#c6423f",
    grey: "#8a94a3",
    blue: "#1f6fb2",
    azure: "#3aa0c9",
    orange: "#d9822b",
  },
  dark: {
    green: "#4fbf85",
    red: "#ef7470",
    grey: "#8a94a3",
    blue: "#5ea9e6",
    azure: "#6cc5e8",
    orange: "#f0a45a",
  },
};
const HEIGHT = 220;
const charts = new Map();

function theme() {
  return document.documentElement.dataset.bsTheme === "dark" ? "dark" : "light";
}

/** Areas on each other are drawn from the top one down: each is the sum of those below it. */
function stacked(series) {
  const sums = [];
  let below = series[0]?.values.map(() => 0) ?? [];
  for (const { values } of series) {
    below = values.map((value, index) => (value ?? 0) + below[index]);
    sums.push(below);
  }
  return sums;
}

/** A number as the page's language writes it, with its unit if it has one. */
function format(value, digits, unit) {
  const style = unit === undefined ? {} : { style: "unit", unit, unitDisplay: "narrow" };
  const { lang } = document.documentElement;
  return new Intl.NumberFormat(lang, { ...style, maximumFractionDigits: digits }).format(value);
}

function write(unit, value) {
  if (value === null || value === undefined) return "–";
  if (unit !== "duration") return format(value, 1);
  if (value < 1_000) return format(value, value < 1 ? 2 : 0, "millisecond");
  return value < 60_000 ? format(value / 1_000, 1, "second") : format(value / 60_000, 0, "minute");
}

function dataOf(model) {
  const values = model.kind === "stack"
    ? stacked(model.series)
    : model.series.map((one) => one.values);
  // On a logarithmic axis nothing is zero.
  const shown = model.isLog
    ? values.map((one) => one.map((v) => v === null || v <= 0 ? null : v))
    : values;
  return [model.times, ...(model.kind === "stack" ? shown.toReversed() : shown)];
}

/** In UTC, as all times of the pages and of the server's log are. */
function writeTime(at, style) {
  const { lang } = document.documentElement;
  return new Date(at * 1_000).toLocaleString(lang, { ...style, hourCycle: "h23", timeZone: "UTC" });
}

/** Times of the day, and the date where a day begins or the range is longer than one. */
function timeLabels(_chart, ticks) {
  const isLong = (ticks.at(-1) ?? 0) - (ticks[0] ?? 0) > 86_400;
  return ticks.map((at) =>
    isLong || at % 86_400 === 0
      ? writeTime(at, { month: "short", day: "numeric" })
      : writeTime(at, { hour: "2-digit", minute: "2-digit" })
  );
}

/** The series as they are drawn: of areas on each other the top one first. */
function drawn({ kind, series }) {
  return kind === "stack" ? series.toReversed() : series;
}

/** Where the values are that no line leads to. */
function lonely(chart, series) {
  const values = chart.data[series];
  const isThere = (at) => typeof values[at] === "number";
  return [...values.keys()].filter((at) => isThere(at) && !isThere(at - 1) && !isThere(at + 1));
}

/** What a chart says later it reads from `entry.model`, which is the newest then. */
function optionsOf(entry) {
  const { element, model } = entry;
  const colours = COLOURS[entry.theme];
  const ink = () => getComputedStyle(element).color;
  const grid = { stroke: entry.theme === "dark" ? "#ffffff14" : "#00000012", width: 1 };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    cursor: { drag: { x: true, y: false } },
    tzDate: (at) => globalThis.uPlot.tzDate(new Date(at * 1_000), "Etc/UTC"),
    scales: {
      x: { time: true },
      y: model.isLog ? { distr: 3 } : { range: (_u, _min, max) => [0, Math.max(1, max * 1.08)] },
    },
    axes: [
      { stroke: ink, grid, ticks: grid, space: 80, values: timeLabels },
      {
        stroke: ink,
        grid,
        ticks: grid,
        size: 70,
        values: (_u, ticks) => ticks.map((value) => value === null ? "" : write(model.unit, value)),
      },
    ],
    series: [
      {
        label: model.timeLabel,
        value: (_u, at) =>
          at === null ? "–" : writeTime(at, { dateStyle: "medium", timeStyle: "short" }),
      },
      ...drawn(model).map(({ label, colour }, at) => ({
        label,
        stroke: colours[colour],
        width: 1.6,
        fill: model.kind === "stack" ? `${colours[colour]}55` : undefined,
        points: model.isLog ? { show: true, size: 4 } : { show: false, size: 4, filter: lonely },
        spanGaps: false,
        value: (_u, _value, _series, index) => {
          const { values } = drawn(entry.model)[at];
          return write(model.unit, values[index ?? values.length - 1]);
        },
      })),
    ],
    // Each area ends where the next one below it begins, or their colours would mix.
    bands: model.kind === "stack"
      ? model.series.slice(1).map((_, at) => ({ series: [at + 1, at + 2] }))
      : [],
    hooks: { draw: [(chart) => drawMarkers(chart, entry.model)] },
  };
}

/** What changed, as lines through the chart; and where the last, unfinished step begins. */
function drawMarkers(chart, model) {
  const { ctx, bbox } = chart;
  const line = (at, dash, colour) => {
    const x = Math.round(chart.valToPos(at, "x", true));
    if (x < bbox.left || x > bbox.left + bbox.width) return;
    ctx.save();
    ctx.setLineDash(dash);
    ctx.strokeStyle = colour;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.restore();
  };
  const colours = COLOURS[theme()];
  for (const { at } of model.markers) line(at, [2, 3], colours.orange);
  if (model.isLastOpen && model.times.length > 1) line(model.times.at(-2), [4, 4], colours.grey);
}

function draw(element) {
  const text = document.getElementById(element.dataset.chart)?.textContent;
  if (text === undefined) return;
  const known = charts.get(element.id);
  const isSame = known?.element === element && known.theme === theme();
  if (isSame && known.text === text) return;
  const model = JSON.parse(text);
  if (isSame && shapeOf(known.model) === shapeOf(model)) {
    const isZoomed = known.chart.scales.x.min > known.chart.data[0][0];
    Object.assign(known, { text, model });
    known.chart.setData(dataOf(model), !isZoomed);
    return;
  }
  known?.chart.destroy();
  element.replaceChildren();
  const entry = { element, text, model, theme: theme() };
  entry.chart = new globalThis.uPlot(optionsOf(entry), dataOf(model), element);
  charts.set(element.id, entry);
}

function shapeOf(model) {
  return `${model.kind} ${model.isLog} ${model.series.map(({ label }) => label).join("|")}`;
}

function drawAll() {
  for (const [id, { element, chart }] of charts) {
    if (element.isConnected) continue;
    chart.destroy();
    charts.delete(id);
  }
  for (const element of document.querySelectorAll("[data-chart]")) draw(element);
}

document.addEventListener("htmx:after:swap", drawAll);
new MutationObserver(drawAll).observe(document.documentElement, {
  attributeFilter: ["data-bs-theme"],
});
addEventListener("resize", () => {
  for (const { element, chart } of charts.values()) {
    chart.setSize({ width: element.clientWidth, height: HEIGHT });
  }
});
drawAll();
