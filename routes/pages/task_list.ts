/** Reads a page of tasks, and makes the table of it. */
import type { TaskFilter } from "../../core/mod.ts";
import type { Column, TaskTableModel } from "../../views/pages/task_table.tsx";
import { presentTaskRow } from "../present/task_page.ts";
import { pagerOf, readAsked } from "./pager.ts";
import type { Visit } from "./visit.tsx";

/** What a table is made of. */
export interface TableRequest {
  readonly filter: TaskFilter;
  readonly isFiltered: boolean;
  readonly canSelect: boolean;
  readonly columns: readonly Column[];
  /** What each way to another page keeps of the address. */
  readonly kept: readonly (readonly [string, string])[];
}

/** See the head of this file. */
export async function loadTable(visit: Visit, request: TableRequest): Promise<TaskTableModel> {
  const { desk: { manager }, language: l } = visit;
  const { filter, kept, isFiltered, canSelect, columns } = request;
  const asked = readAsked(visit);
  const found = await manager.listTasks(filter, asked);
  const { page, totalItems, isTotalExact, nextCursor, prevCursor } = found;
  const count = l.number(totalItems);
  const pager = pagerOf(visit, {
    page,
    perPage: asked.perPage,
    total: isTotalExact ? l.t.tasks.total(count) : l.t.tasks.atLeast(count),
    totalItems: isTotalExact ? totalItems : null,
    nextCursor,
    prevCursor,
    kept,
  });
  const poolName = (id: string) => manager.findPoolName(id) ?? id.slice(-8);
  const rows = found.tasks.map((task) => presentTaskRow(task, poolName, l.nowMs));
  const total = { count: totalItems, isExact: isTotalExact };
  return { rows, pager, total, path: visit.path, isFiltered, canSelect, columns };
}
