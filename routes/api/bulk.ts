/** `/api/tasks/bulk`: one thing done to many tasks, by their ids or by a filter. */
import { Hono } from "hono";
import { z } from "zod";
import {
  BULK_ACTIONS,
  type BulkOrder,
  type BulkSelection,
  type BulkSnapshot,
  TaskChange,
  type TaskFilter,
  TaskId,
} from "../../core/mod.ts";
import type { AppEnv, RoutedManager } from "../app_env.ts";
import { HttpError } from "../errors.ts";
import { presentTime } from "../present/time.ts";
import { answer } from "./answer.ts";
import { BulkFilter, readBulkFilter } from "./bulk_filter.ts";
import { readJson } from "./read_json.ts";
import { type FieldNames, fieldNames, fromWire, invalidInput } from "./wire.ts";

const ACTION = "Cannot act on tasks";
/** Ids that one request may name; a filter may mean any number. */
const IDS_MAX = 10_000;

/** What the body may hold: ids, or a filter of the same words as a list's address. */
export const Bulk = z.strictObject({
  action: z.enum(BULK_ACTIONS),
  taskIds: z.array(TaskId).min(1).max(IDS_MAX).exactOptional(),
  filter: BulkFilter.exactOptional(),
  all: z.boolean().default(false)
    .meta({ description: "Lets a filter mean all tasks, and stands for an empty one" }),
  dryRun: z.boolean().default(false),
  priority: TaskChange.shape.priority.meta({ description: "Of a change: the new priority" }),
  poolId: TaskChange.shape.poolId.meta({ description: "Of a change: the pool to move them to" }),
});
/** Names on the wire. */
export const BULK_FIELDS: FieldNames = fieldNames(Bulk.shape);
/** The filter is read on its own: what is wrong with one of its words then names the words that there are. */
const FORM = {
  action: ACTION,
  schema: Bulk.extend({ filter: z.unknown().optional() }),
  names: BULK_FIELDS,
};

/** Makes the routes below `/api/tasks/bulk`. */
export function bulkRoutes({ bulk }: RoutedManager): Hono<AppEnv> {
  const routes = new Hono<AppEnv>();
  const find = (id: string): BulkSnapshot => {
    const operation = bulk.get(id);
    if (operation !== undefined) return operation;
    throw new HttpError("not_found", "Cannot find operation: it is not kept, or never was");
  };
  routes.post("/", async (c) => {
    const body = fromWire(readJson(c), FORM);
    const selection = selectionOf(body);
    const order = orderOf(body);
    if (body.dryRun) {
      bulk.check(order);
      const { count, isExact } = await bulk.count(selection);
      return answer(c, { action: body.action, total: count, total_is_exact: isExact });
    }
    const operation = await bulk.start(order, selection);
    c.header("Location", `/api/tasks/bulk/${operation.id}`);
    return answer(c, presentBulk(operation), { status: 202 });
  });
  routes.get("/:id", (c) => answer(c, presentBulk(find(c.req.param("id")))));
  routes.delete("/:id", (c) => {
    const { id } = find(c.req.param("id"));
    bulk.end(id);
    return answer(c, presentBulk(find(id)));
  });
  return routes;
}

function selectionOf({ taskIds, filter, all }: z.output<typeof FORM.schema>): BulkSelection {
  if (taskIds !== undefined && filter === undefined && !all) return { ids: taskIds };
  if (taskIds === undefined && (filter !== undefined || all)) {
    const read = readBulkFilter(filter === undefined ? {} : filter, ACTION);
    if (all || isNarrow(read)) return { filter: read };
    const message = 'Means all tasks: if they are meant, say "all": true';
    throw invalidInput(ACTION, [{ path: ["filter"], message }]);
  }
  const message = "One of task_ids, filter and all must say which tasks are meant";
  throw invalidInput(ACTION, [{ path: [], message }]);
}

function orderOf({ action, priority, poolId }: z.output<typeof FORM.schema>): BulkOrder {
  const change = {
    ...priority !== undefined && { priority },
    ...poolId !== undefined && { poolId },
  };
  const isChange = Object.keys(change).length > 0;
  if (action === "change" && isChange) return { action, change };
  if (action !== "change" && !isChange) return { action };
  const message = action === "change"
    ? "Invalid: priority, pool_id or both must say what is changed"
    : "Invalid: priority and pool_id go with the action change";
  throw invalidInput(ACTION, [{ path: ["action"], message }]);
}

/** Whether a filter leaves anything out: no text and no tags do not. */
function isNarrow(filter: TaskFilter): boolean {
  return Object.values(filter).some((one) =>
    one !== "" && !(Array.isArray(one) && one.length === 0)
  );
}

function presentBulk(operation: BulkSnapshot): Record<string, unknown> {
  return {
    operation_id: operation.id,
    action: operation.action,
    status: operation.state,
    started_at: presentTime(operation.startedAtMs),
    done: operation.done,
    total: operation.total,
    succeeded: operation.succeeded,
    skipped: operation.skipped,
    failed: operation.failed,
    results: operation.results.map(({ id, isOk, text }) => ({ task_id: id, is_ok: isOk, text })),
  };
}
