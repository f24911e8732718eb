import type { Child } from "hono/jsx";
import { raw } from "hono/html";
import { useLanguage } from "../context.ts";

/** A chart over time. All series have a value, or a gap, for each time. */
export interface ChartModel {
  readonly id: string;
  readonly title: string;
  /** `stack`: areas on each other; `lines`: each for itself. */
  readonly kind: "stack" | "lines";
  /** What the values are; durations are in milliseconds. */
  readonly unit: "rate" | "count" | "duration";
  readonly isLog: boolean;
  /** Epoch seconds, oldest first. */
  readonly times: readonly number[];
  readonly series: readonly {
    readonly label: string;
    readonly colour: "green" | "red" | "grey" | "blue" | "azure" | "orange";
    readonly values: readonly (number | null)[];
  }[];
  readonly markers: readonly { readonly at: number; readonly text: string }[];
  /** The last point is still growing. */
  readonly isLastOpen: boolean;
}

/** Rows of the table under a chart: the last ones. */
const TABLE_ROWS = 30;

/** A chart that can be zoomed, and its numbers as a table for who does not see it. */
export function Chart({ chart }: { readonly chart: ChartModel }): Child {
  const l = useLanguage();
  const write = (value: number | null | undefined) =>
    value === null || value === undefined
      ? "–"
      : chart.unit === "duration"
      ? l.duration(value)
      : l.number(Math.round(value * 100) / 100);
  const from = Math.max(0, chart.times.length - TABLE_ROWS);
  const rows = chart.times.slice(from).map((at, index) => ({ at, index: from + index }))
    .filter(({ index }) => chart.series.some(({ values }) => values[index])).toReversed();
  return (
    <figure class="chart">
      <div
        class="chart-canvas"
        id={chart.id}
        data-chart={`${chart.id}-data`}
        role="img"
        aria-label={chart.title}
        hx-morph-skip
      />
      <script type="application/json" id={`${chart.id}-data`}>
        {raw(jsonOf(chart, l.t.time.atUtc))}
      </script>
      <details class="chart-table">
        <summary>{l.t.overview.chartTable}</summary>
        <div class="table-responsive" tabindex={0} role="group" aria-label={chart.title}>
          <table class="table table-sm">
            <thead>
              <tr>
                <th scope="col">{l.t.pool.at}</th>
                {chart.series.map(({ label }) => <th scope="col" class="num">{label}</th>)}
              </tr>
            </thead>
            <tbody>
              {rows.map(({ at, index }) => (
                <tr>
                  <td>{l.time(at * 1_000)}</td>
                  {chart.series.map(({ values }) => <td class="num">{write(values[index])}</td>)}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  );
}

/** Charts side by side, each under its title. */
export function Charts({ charts }: { readonly charts: readonly ChartModel[] }): Child {
  return (
    <div class="charts">
      {charts.map((chart) => (
        <section class="card">
          <div class="card-header">
            <h2 class="card-title">{chart.title}</h2>
          </div>
          <div class="card-body">
            <Chart chart={chart} />
          </div>
        </section>
      ))}
    </div>
  );
}

/** Never executed; `<` is escaped so that no value can end the element. */
function jsonOf(chart: ChartModel, timeLabel: string): string {
  return JSON.stringify({ ...chart, timeLabel }).replaceAll("<", "\\u003c");
}
