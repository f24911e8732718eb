import { deepStrictEqual, match } from "node:assert/strict";
import { expose } from "../../../../../core/observation/metrics/family.ts";

Deno.test("expose() writes families as Prometheus reads them, whatever users named things", async () => {
  const { contentType, text } = await expose([
    {
      kind: "counter",
      name: "lido_tasks_total",
      help: "Tasks",
      samples: [{ labels: { pool: 'a "b"\\\n' }, value: 3 }, { labels: { pool: "c" }, value: 0 }],
    },
    { kind: "gauge", name: "lido_none", help: "Nothing", samples: [] },
    {
      kind: "histogram",
      name: "lido_task_run_seconds",
      help: "Runs",
      bounds: [0.5, 1],
      samples: [{ labels: { pool: "c" }, cumulative: [1, 2], count: 3, sum: 4.5 }],
    },
  ]);
  match(contentType, /^text\/plain; version=0\.0\.4/);
  deepStrictEqual(text.split("\n").filter((line) => line !== ""), [
    "# HELP lido_tasks_total Tasks",
    "# TYPE lido_tasks_total counter",
    'lido_tasks_total{pool="a \\"b\\"\\\\\\n"} 3',
    'lido_tasks_total{pool="c"} 0',
    "# HELP lido_task_run_seconds Runs",
    "# TYPE lido_task_run_seconds histogram",
    'lido_task_run_seconds_bucket{pool="c",le="0.5"} 1',
    'lido_task_run_seconds_bucket{pool="c",le="1"} 2',
    'lido_task_run_seconds_bucket{pool="c",le="+Inf"} 3',
    'lido_task_run_seconds_sum{pool="c"} 4.5',
    'lido_task_run_seconds_count{pool="c"} 3',
  ]);
});
