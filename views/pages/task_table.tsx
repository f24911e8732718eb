/** A page of tasks as a table, with ways to the pages before and after it. */
import type { Child } from "hono/jsx";
import { useLanguage } from "../context.ts";
import type { Language } from "../i18n/language.ts";
import { Ask } from "../parts/act.tsx";
import { type ShownState, StateBadge } from "../parts/badge.tsx";
import { Empty } from "../parts/empty.tsx";
import { Pager, type PagerModel } from "../parts/pager.tsx";
import { Duration, Time } from "../parts/time.tsx";

/** Columns that can be shown beside the state and the name, in their order. */
export const COLUMNS = [
  "pool",
  "priority",
  "attempt",
  "wait",
  "run",
  "progress",
  "submitted",
  "started",
  "finished",
  "slot",
  "tags",
] as const;
/** One of {@link COLUMNS}. */
export type Column = typeof COLUMNS[number];
/** What is shown unless somebody chooses. */
export const COLUMNS_DEFAULT: readonly Column[] = [
  "pool",
  "priority",
  "attempt",
  "wait",
  "run",
  "progress",
  "submitted",
  "finished",
  "tags",
];
/** They have their place beneath the name, and no column of their own. */
const BENEATH: readonly Column[] = ["progress", "tags"];
const NUMBERS: readonly Column[] = ["priority", "attempt", "wait", "run", "slot"];

/** One row. */
export interface TaskRowModel {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly state: ShownState;
  readonly pool: { readonly id: string; readonly name: string };
  readonly priority: number;
  readonly attempt: number;
  readonly waitMs: number;
  readonly runMs: number | null;
  readonly progress:
    | { readonly done: number; readonly total: number; readonly note: string | null }
    | null;
  readonly submittedAtMs: number;
  readonly startedAtMs: number | null;
  readonly finishedAtMs: number | null;
  readonly slot: number | null;
  readonly tags: readonly string[];
  /** What can be done: withdraw what waits, at once; stop what runs, after a question. */
  readonly act: "cancel" | "stop" | null;
}

/** What the table shows. */
export interface TaskTableModel {
  readonly rows: readonly TaskRowModel[];
  readonly pager: PagerModel;
  readonly total: { readonly count: number; readonly isExact: boolean };
  readonly path: string;
  /** Whether anything narrows the list. */
  readonly isFiltered: boolean;
  /** Whether rows can be selected for a bulk operation. */
  readonly canSelect: boolean;
  readonly columns: readonly Column[];
}

/** See the head of this file. */
export function TaskTable({ table }: { readonly table: TaskTableModel }): Child {
  const { t } = useLanguage();
  const cells = cellsOf(table);
  if (table.rows.length === 0) {
    return (
      <div class="card">
        {table.isFiltered
          ? (
            <Empty icon="search" title={t.tasks.emptyTitle} text={t.tasks.emptyText}>
              <a class="btn" href="/tasks">{t.action.clear}</a>
            </Empty>
          )
          : (
            <Empty icon="list-details" title={t.tasks.emptyAllTitle}>
              <a class="btn btn-primary" href="/submit">{t.action.submitTask}</a>
            </Empty>
          )}
      </div>
    );
  }
  return (
    <>
      <div class="card table-responsive" tabindex={0} role="group" aria-label={t.tasks.title}>
        <table class="table table-hover card-table rows">
          <thead>
            <tr>
              {table.canSelect && (
                <th scope="col" class="tick">
                  <input
                    class="form-check-input"
                    type="checkbox"
                    data-select-all
                    aria-label={t.tasks.selectPage}
                  />
                </th>
              )}
              <th scope="col">{t.tasks.state}</th>
              <th scope="col">{t.tasks.task}</th>
              {cells.map((column) => (
                <th scope="col" class={NUMBERS.includes(column) ? "num" : undefined}>
                  {t.tasks[column]}
                </th>
              ))}
              <th scope="col">
                <span class="visually-hidden">{t.pools.actions}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {table.rows.map((row) => <TaskRow row={row} table={table} cells={cells} />)}
          </tbody>
        </table>
      </div>
      <Pager pager={table.pager} />
    </>
  );
}

function TaskRow(
  { row, table, cells }: {
    readonly row: TaskRowModel;
    readonly table: TaskTableModel;
    readonly cells: readonly Column[];
  },
): Child {
  const l = useLanguage();
  const { t } = l;
  const href = `/tasks/${row.id}`;
  return (
    <tr id={`task-${row.id}`} data-href={href}>
      {table.canSelect && (
        <td class="tick">
          <input
            class="form-check-input"
            type="checkbox"
            name="id"
            value={row.id}
            form="bulk"
            aria-label={t.tasks.selectRow(row.name)}
          />
        </td>
      )}
      <td>
        <StateBadge state={row.state} />
      </td>
      <td class="name">
        <a href={href}>
          <bdi>{row.name}</bdi>
        </a>
        <small>
          {row.type}
          {table.columns.includes("tags") &&
            row.tags.map((tag) => (
              <a class="tag" href={`/tasks?q=${encodeURIComponent(`tag:${quoteWord(tag)}`)}`}>
                <bdi>{tag}</bdi>
              </a>
            ))}
        </small>
        {row.progress && table.columns.includes("progress") && (
          <progress
            class="gauge"
            value={String(row.progress.done)}
            max={String(row.progress.total)}
            aria-label={t.tasks.progress}
          />
        )}
      </td>
      {cells.map((column) => (
        <td class={NUMBERS.includes(column) ? "num" : undefined}>
          {cellOf(row, column, l)}
        </td>
      ))}
      <td class="acts">
        {row.act !== null && (
          <Ask
            href={`${href}/${row.act}?back=${encodeURIComponent(table.path)}`}
            icon={row.act === "cancel" ? "x" : "player-stop"}
            label={t.action[row.act]}
            object={row.name}
            isIcon
            isDanger
            rowHotkey="Shift+S"
          />
        )}
      </td>
    </tr>
  );
}

/** Columns that have cells of their own. */
function cellsOf({ columns }: TaskTableModel): readonly Column[] {
  return columns.filter((column) => !BENEATH.includes(column));
}

/** A function, and no part of its own: a page has a thousand of them. */
function cellOf(row: TaskRowModel, column: Column, l: Language): Child {
  switch (column) {
    case "pool":
      return (
        <a href={`/pools/${row.pool.id}`}>
          <bdi>{row.pool.name}</bdi>
        </a>
      );
    case "priority":
      return l.number(row.priority);
    case "attempt":
      return l.number(row.attempt);
    case "wait":
      return <Duration ms={row.waitMs} />;
    case "run":
      return <Duration ms={row.runMs} />;
    case "submitted":
      return <Time atMs={row.submittedAtMs} />;
    case "started":
      return <Time atMs={row.startedAtMs} />;
    case "finished":
      return <Time atMs={row.finishedAtMs} />;
    case "slot":
      return row.slot === null ? <span class="none">–</span> : l.number(row.slot);
    case "progress":
    case "tags":
      return null; // see BENEATH
  }
}

/** A word of the filter that may hold spaces and quotes, as the filter reads it. */
export function quoteWord(word: string): string {
  return /[\s"]/.test(word) ? `"${word.replaceAll(/["\\]/g, "\\$&")}"` : word;
}
