/** `/tasks/bulk`: what is done to many tasks at once: asked about, begun, and looked at. */
import { Hono } from "hono";
import {
  BULK_ACTIONS,
  type BulkAction,
  type BulkOrder,
  type BulkSelection,
  TaskId,
} from "../../core/mod.ts";
import { BulkPage, BulkPreview } from "../../views/pages/bulk.tsx";
import type { AppEnv } from "../app_env.ts";
import { HttpError } from "../errors.ts";
import type { FieldModel } from "../../views/parts/fields.tsx";
import { faultsOf } from "./check_form.ts";
import { readChange, sentChangeFields } from "./task_change.tsx";
import { readQuery } from "./tasks.tsx";
import { type Desk, Visit } from "./visit.tsx";

/** More than so many tasks want the number typed. */
const UNTYPED_MAX = 100;
/** Results that the page shows. */
const RESULTS_MAX = 200;

/** Makes the routes. */
export function bulkRoutes(desk: Desk): Hono<AppEnv> {
  const routes = new Hono<AppEnv>();
  routes.post("/preview", (c) => ask(new Visit(c, desk), false));
  routes.post("/", async (c) => {
    const visit = new Visit(c, desk);
    const selection = selectionOf(visit);
    const { count } = await desk.manager.bulk.count(selection);
    const isTyped = count <= UNTYPED_MAX || visit.sent("confirm")?.trim() === String(count);
    if (count === 0 || !isTyped) return await ask(visit, count > 0);
    let order: BulkOrder;
    try {
      order = orderOf(visit);
    } catch (error) {
      return await ask(visit, false, sentChangeFields(visit, faultsOf(error, visit.language)));
    }
    const { id } = await desk.manager.bulk.start(order, selection);
    const { t } = visit.language;
    return visit.done(t.bulk.running, `/tasks/bulk/${id}`, { leads: true });
  });
  routes.get("/:id", (c) => {
    const visit = new Visit(c, desk);
    const operation = desk.manager.bulk.get(c.req.param("id"));
    if (operation === undefined) throw new HttpError("not_found", visit.language.t.bulk.gone);
    return visit.live({
      place: "tasks",
      title: visit.language.t.bulk.title,
      parts: () => {
        const results = operation.results.slice(0, RESULTS_MAX);
        return { body: <BulkPage model={{ ...operation, results }} /> };
      },
      variant: `${operation.id} ${operation.done} ${operation.state}`,
    });
  });
  routes.post("/:id/end", (c) => {
    const id = c.req.param("id");
    desk.manager.bulk.end(id);
    const visit = new Visit(c, desk);
    return visit.done(visit.language.t.bulk.cancelled, `/tasks/bulk/${encodeURIComponent(id)}`);
  });
  return routes;
}

/** `fields` are those of a change that was sent wrong. */
async function ask(
  visit: Visit,
  isWrong: boolean,
  fields?: readonly FieldModel[],
): Promise<Response> {
  const { language: { t } } = visit;
  const action = actionOf(visit);
  const selection = selectionOf(visit);
  const { count, isExact } = await visit.desk.manager.bulk.count(selection);
  const query = "filter" in selection ? visit.sent("q") ?? "" : null;
  const back = query === null || query === "" ? "/tasks" : `/tasks?q=${encodeURIComponent(query)}`;
  const preview = (
    <BulkPreview
      model={{
        action,
        fields: action === "change" ? fields ?? sentChangeFields(visit, []) : [],
        hasFaults: fields !== undefined,
        count,
        isCountExact: isExact,
        query,
        ids: "ids" in selection ? selection.ids : [],
        expected: count > UNTYPED_MAX ? String(count) : null,
        fault: isWrong ? t.bulk.typeCountWrong : null,
        back,
      }}
    />
  );
  return await visit.dialog("tasks", t.bulk.title, preview, isWrong || fields ? 422 : 200);
}

/** @throws {HttpError} `invalid_input` where what is sent is no action, or its filter is wrong. */
function selectionOf(visit: Visit): BulkSelection {
  if (visit.sent("all") === "1") {
    const { filter, faults } = readQuery(visit, visit.sent("q") ?? "");
    // A word that was not understood would make it more tasks than was meant.
    if (faults.length > 0) throw new HttpError("invalid_input", faults.join("; "));
    return { filter };
  }
  const ids = (visit.form.get("id") ?? []).flatMap((text) => {
    const id = TaskId.safeParse(text);
    return id.success ? [id.data] : [];
  });
  return { ids };
}

/** @throws {LidoError} `invalid_input` with a fault for each field of a change. */
function orderOf(visit: Visit): BulkOrder {
  const action = actionOf(visit);
  return action === "change" ? { action, change: readChange(visit) } : { action };
}

function actionOf(visit: Visit): BulkAction {
  const sent = visit.sent("action");
  const action = BULK_ACTIONS.find((one) => one === sent);
  if (action !== undefined) return action;
  throw new HttpError(
    "invalid_input",
    `Cannot act on tasks: action must be one of ${BULK_ACTIONS.join(", ")}`,
  );
}
