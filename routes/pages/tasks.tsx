/** `/tasks`: the list of tasks, as a page and as a file. */
import { Hono } from "hono";
import { BULK_ACTIONS } from "../../core/mod.ts";
import { quoteWord } from "../../views/pages/task_table.tsx";
import { BulkBar, TasksHead, TasksList, type TasksModel } from "../../views/pages/tasks.tsx";
import type { AppEnv } from "../app_env.ts";
import { exportTasks } from "../api/export.ts";
import { HttpError } from "../errors.ts";
import {
  FILTER_KEYS,
  type FilterQuery,
  isStateWord,
  readFilterQuery,
  withoutWord,
} from "./filter_query.ts";
import { ListAddress } from "./list_address.ts";
import { loadTable } from "./task_list.ts";
import { taskPageRoutes } from "./task.tsx";
import { bulkRoutes } from "./bulk.tsx";
import { viewRoutes, viewsOf } from "./views.tsx";
import { type Desk, Visit } from "./visit.tsx";

const STATES = ["pending", "running", "completed", "failed", "cancelled"] as const;

/** Makes the routes below `/tasks`. */
export function tasksRoutes(desk: Desk): Hono<AppEnv> {
  const routes = new Hono<AppEnv>();
  routes.get("/", async (c) => {
    const visit = new Visit(c, desk);
    return await visit.live({
      place: "tasks",
      title: visit.language.t.tasks.title,
      parts: async () => {
        const model = await present(visit);
        return {
          head: <TasksHead model={model} />,
          body: <TasksList model={model} />,
          foot: <BulkBar model={model} />,
        };
      },
      variant: visit.path,
    });
  });
  routes.get("/export", async (c) => {
    const visit = new Visit(c, desk);
    const { filter, faults } = readQuery(visit);
    // A word that was not understood would make it more tasks than was meant.
    if (faults.length > 0) throw new HttpError("invalid_input", faults.join("; "));
    const format = c.req.query("format") === "ndjson" ? "ndjson" : "csv";
    const { nowMs } = visit.language;
    return await exportTasks(c, desk.manager, { filter, format, nowMs });
  });
  routes.route("/bulk", bulkRoutes(desk));
  routes.route("/views", viewRoutes(desk));
  routes.route("/", taskPageRoutes(desk));
  return routes;
}

/** The filter that the address has. */
export function readQuery(visit: Visit, text: string = visit.c.req.query("q") ?? ""): FilterQuery {
  const { language: { nowMs, t }, desk: { manager } } = visit;
  const pools = manager.listPools(["running", "paused", "draining", "closed"]);
  return readFilterQuery(text, { pools, nowMs, t });
}

async function present(visit: Visit): Promise<TasksModel> {
  const { desk: { manager } } = visit;
  const address = ListAddress.of(visit);
  const { query, kept, columns } = address;
  const { filter, words, faults } = readQuery(visit);
  const table = faults.length > 0 ? null : await loadTable(visit, {
    filter,
    isFiltered: words.length > 0,
    canSelect: true,
    columns,
    kept: kept.filter(([name]) => name !== "per_page"), // the pager's own
  });
  const link = (text: string) => address.href(text);
  // Counts are those of the pool that the filter names, or of all: counters, never a scan.
  const counts = filter.poolId === undefined
    ? manager.getStats().counts
    : manager.getPool(filter.poolId).counts;
  const others = words.filter((word) => !isStateWord(word));
  const isOf = (state: string) => filter.states?.length === 1 && filter.states[0] === state;
  return {
    bulkActions: BULK_ACTIONS,
    query,
    chips: words.map((text, at) => ({ text, withoutHref: link(withoutWord(words, at)) })),
    faults,
    states: [
      {
        state: "all" as const,
        count: STATES.reduce(
          (sum, state) => sum + counts[state],
          counts.blocked + counts.scheduled,
        ),
        href: link(others.join(" ")),
        isCurrent: filter.states === undefined,
      },
      ...STATES.map((state) => ({
        state,
        count: counts[state],
        href: link([`state:${state}`, ...others].join(" ")),
        isCurrent: isOf(state),
      })),
    ],
    views: viewsOf(visit, address.view),
    saveViewHref: `/tasks/views/new?${address.view}`,
    kept,
    suggestions: suggestionsOf(visit),
    exportHref: (format) =>
      `/tasks/export?format=${format}${query === "" ? "" : `&q=${encodeURIComponent(query)}`}`,
    columns,
    table,
  };
}

function suggestionsOf({ desk: { manager } }: Visit): readonly string[] {
  return [
    ...STATES.map((state) => `state:${state}`),
    ...manager.listPools().slice(0, 20).map(({ settings: { name } }) => `pool:${quoteWord(name)}`),
    ...manager.listTaskTypes().slice(0, 20).map(({ name }) => `type:${name}`),
    ...FILTER_KEYS.slice(3),
  ];
}
