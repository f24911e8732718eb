/** Reads a page of tasks, and makes the table with its ways to other pages. */
import type { TaskFilter } from "../../core/mod.ts";
import type { PagerModel, TaskTableModel } from "../../views/pages/task_table.tsx";
import { PAGE_SIZES } from "../../views/pages/task_table.tsx";
import { type PageQuery, readPage } from "../api/query.ts";
import { presentTaskRow } from "../present/task_page.ts";
import type { Visit } from "./visit.tsx";

/** A page's length unless somebody chose another. */
const PER_PAGE_DEFAULT = 20;

/** What a table is made of. */
export interface TableRequest {
  readonly filter: TaskFilter;
  readonly isFiltered: boolean;
  readonly canSelect: boolean;
  /** What each way to another page keeps of the address. */
  readonly kept: readonly (readonly [string, string])[];
}

/** See the head of this file. */
export async function loadTable(visit: Visit, request: TableRequest): Promise<TaskTableModel> {
  const { c, desk: { manager }, language: { nowMs } } = visit;
  const asked = readAsked(new Map(Object.entries(c.req.query()).filter(([, value]) => value)));
  const found = await manager.listTasks(request.filter, asked);
  const { perPage } = asked;
  const path = new URL(c.req.url).pathname;
  const href = (fields: Readonly<Record<string, string | number>>) => {
    const query = new URLSearchParams([...request.kept.map(([name, value]) => [name, value])]);
    if (perPage !== PER_PAGE_DEFAULT) query.set("per_page", String(perPage));
    for (const [name, value] of Object.entries(fields)) query.set(name, String(value));
    const text = query.toString();
    return text === "" ? path : `${path}?${text}`;
  };
  const { page, totalItems, isTotalExact, nextCursor, prevCursor } = found;
  const pages = isTotalExact ? Math.max(1, Math.ceil(totalItems / perPage)) : null;
  const step = (to: number, isThere: boolean) =>
    page !== null && isThere ? href({ page: to }) : null;
  const pager: PagerModel = {
    page,
    pages,
    perPage,
    total: totalItems,
    isTotalExact,
    first: page === 1 ? null : href({}),
    previous: step((page ?? 1) - 1, page !== null && page > 1),
    next: step(
      (page ?? 1) + 1,
      page !== null && (pages === null ? nextCursor !== null : page < pages),
    ),
    last: step(pages ?? 1, pages !== null && page !== pages),
    newer: prevCursor === null ? null : href({ cursor: prevCursor }),
    older: nextCursor === null ? null : href({ cursor: nextCursor }),
    kept: request.kept,
    action: path,
  };
  const names = new Map(manager.listPools().map(({ id, settings }) => [String(id), settings.name]));
  return {
    rows: found.tasks.map((task) =>
      presentTaskRow(task, (id) => names.get(id) ?? id.slice(-8), nowMs)
    ),
    pager,
    path: visit.path,
    isFiltered: request.isFiltered,
    canSelect: request.canSelect,
  };
}

function readAsked(query: ReadonlyMap<string, string>): PageQuery {
  const asked = readPage(query);
  const isChosen = PAGE_SIZES.some((size) => String(size) === query.get("per_page"));
  return isChosen ? asked : { ...asked, perPage: PER_PAGE_DEFAULT };
}
