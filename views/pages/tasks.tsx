/** The list of tasks: its filter, its states with counts, and what can be done to many at once. */
import type { Child } from "hono/jsx";
import type { BulkAction } from "../../core/mod.ts";
import { useLanguage } from "../context.ts";
import type { ShownState } from "../parts/badge.tsx";
import { Empty } from "../parts/empty.tsx";
import { Icon } from "../parts/icon.tsx";
import { PageHead } from "../parts/page_head.tsx";
import { Ask } from "../parts/act.tsx";
import { type Column, COLUMNS, TaskTable, type TaskTableModel } from "./task_table.tsx";

/** A view of the list that has a name. */
export interface SavedViewModel {
  readonly name: string;
  readonly href: string;
  /** Whether all who use the server see it, or this browser only. */
  readonly isShared: boolean;
  /** The list shows it now. */
  readonly isOpen: boolean;
  readonly removeHref: string;
}

/** What the page shows. */
export interface TasksModel {
  /** What can be done to many at once. */
  readonly bulkActions: readonly BulkAction[];
  /** The filter, as it was typed. */
  readonly query: string;
  readonly chips: readonly { readonly text: string; readonly withoutHref: string }[];
  readonly faults: readonly string[];
  readonly states: readonly {
    readonly state: Exclude<ShownState, "stopping" | "zombie"> | "all";
    readonly count: number;
    readonly href: string;
    readonly isCurrent: boolean;
  }[];
  readonly views: readonly SavedViewModel[];
  /** Where what the list shows gets a name. */
  readonly saveViewHref: string;
  /** What the address says: each form keeps what it does not change. */
  readonly kept: readonly (readonly [string, string])[];
  /** Beginnings of filter words, and what may follow. */
  readonly suggestions: readonly string[];
  readonly exportHref: (format: "csv" | "ndjson") => string;
  readonly columns: readonly Column[];
  /** Null: the filter is wrong, and what is left of it would show more than was meant. */
  readonly table: TaskTableModel | null;
}

/** What stays while the list is swapped. */
export function TasksHead({ model }: { readonly model: TasksModel }): Child {
  const { t } = useLanguage();
  return (
    <>
      <PageHead title={t.tasks.title}>
        {model.table !== null && (
          <span class="exports">
            <Icon name="download" />
            <span>{t.tasks.export}</span>
            <a href={model.exportHref("csv")} download>{t.tasks.exportCsv}</a>
            <a href={model.exportHref("ndjson")} download>{t.tasks.exportNdjson}</a>
          </span>
        )}
        <a class="btn btn-primary" href="/submit" data-hotkey="c">
          <Icon name="send" />
          {t.action.submitTask}
        </a>
      </PageHead>
      <form class="task-filter" method="get" action="/tasks" role="search">
        <Kept kept={model.kept} but="q" />
        <label class="visually-hidden" for="q">{t.tasks.filterLabel}</label>
        <div class="task-filter-line">
          <Icon name="search" />
          <input
            class={model.faults.length > 0 ? "form-control is-invalid" : "form-control"}
            id="q"
            name="q"
            type="search"
            value={model.query}
            placeholder={t.tasks.filterPlaceholder}
            list="q-suggestions"
            autocomplete="off"
            spellcheck={false}
            aria-describedby={model.faults.length > 0 ? "q-help q-faults" : "q-help"}
            data-filter
          />
          <datalist id="q-suggestions">
            {model.suggestions.map((one) => <option value={one} />)}
          </datalist>
          <button class="btn" type="submit">{t.action.filter}</button>
        </div>
        <p class="form-hint" id="q-help">{t.tasks.filterHelp}</p>
        {model.faults.length > 0 && (
          <p class="fault" id="q-faults" role="alert">{model.faults.join("; ")}</p>
        )}
        {model.chips.length > 0 && (
          <ul class="chips">
            {model.chips.map((chip) => (
              <li>
                <a href={chip.withoutHref} aria-label={t.tasks.removeFilter(chip.text)}>
                  <bdi>{chip.text}</bdi>
                  <Icon name="x" />
                </a>
              </li>
            ))}
          </ul>
        )}
      </form>
      <div class="view-bar">
        <nav class="views" aria-label={t.views.title}>
          {model.views.map((view) => (
            <span class={view.isOpen ? "view is-open" : "view"}>
              <a href={view.href} aria-current={view.isOpen ? "page" : undefined}>
                <Icon name={view.isShared ? "users" : "bookmark"} />
                <bdi>{view.name}</bdi>
                <span class="visually-hidden">
                  {view.isShared ? t.views.shared : t.views.own}
                </span>
              </a>
              <a
                class="view-remove"
                href={view.removeHref}
                hx-get={view.removeHref}
                hx-target="#dialog"
                hx-swap="innerHTML"
                aria-label={t.action.ofObject(t.action.remove, view.name)}
              >
                <Icon name="x" />
              </a>
            </span>
          ))}
        </nav>
        <Ask href={model.saveViewHref} icon="bookmark" label={t.views.save} />
        <details class="column-chooser">
          <summary class="btn btn-sm">
            <Icon name="settings" />
            {t.tasks.columns}
          </summary>
          <form method="get" action="/tasks">
            <Kept kept={model.kept} but="col" />
            {/* Says that columns were chosen, if it is none of them. */}
            <input type="hidden" name="col" value="none" />
            <fieldset>
              <legend class="visually-hidden">{t.tasks.columns}</legend>
              {COLUMNS.map((column) => (
                <label class="form-check">
                  <input
                    class="form-check-input"
                    type="checkbox"
                    name="col"
                    value={column}
                    checked={model.columns.includes(column)}
                  />
                  <span class="form-check-label">{t.tasks[column]}</span>
                </label>
              ))}
            </fieldset>
            <button type="submit" class="btn btn-sm btn-primary">{t.action.show}</button>
          </form>
        </details>
      </div>
    </>
  );
}

function Kept(
  { kept, but }: { readonly kept: TasksModel["kept"]; readonly but: string },
): Child {
  return (
    <>
      {kept.filter(([name]) => name !== but).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
    </>
  );
}

/** All that is swapped of the page. */
export function TasksList({ model }: { readonly model: TasksModel }): Child {
  const l = useLanguage();
  const { t } = l;
  return (
    <>
      <nav class="tabs states" aria-label={t.tasks.state}>
        {model.states.map(({ state, count, href, isCurrent }) => (
          <a href={href} aria-current={isCurrent ? "page" : undefined}>
            {state === "all" ? t.tasks.all : t.state[state]}
            <small>{l.count(count)}</small>
          </a>
        ))}
      </nav>
      {model.table === null
        ? (
          <div class="card">
            <Empty icon="search" title={t.tasks.wrongTitle} text={t.tasks.wrongText}>
              <a class="btn" href="/tasks">{t.action.clear}</a>
            </Empty>
          </div>
        )
        : <TaskTable table={model.table} />}
    </>
  );
}

/** The bar of what to do with the selected, or with all that match; it keeps its place. */
export function BulkBar({ model }: { readonly model: TasksModel }): Child {
  const l = useLanguage();
  const { t } = l;
  if (model.table === null) return null;
  const { total } = model.table;
  return (
    <form
      id="bulk"
      class="bulk"
      method="post"
      action="/tasks/bulk/preview"
      hx-post="/tasks/bulk/preview"
      hx-target="#dialog"
      hx-swap="innerHTML"
    >
      <input type="hidden" name="q" value={model.query} />
      <span class="bulk-count" data-text={t.tasks.selected("{count}")} aria-live="polite">
        {t.tasks.selected("0")}
      </span>
      <label class="bulk-all">
        <input
          class="form-check-input"
          type="checkbox"
          name="all"
          value="1"
          data-hotkey="Shift+X"
        />
        {t.tasks.selectAll(
          total.isExact ? l.number(total.count) : `> ${l.number(total.count)}`,
        )}
      </label>
      <label class="bulk-action">
        <span class="visually-hidden">{t.tasks.bulkAction}</span>
        <select class="form-select form-select-sm" name="action">
          {model.bulkActions.map((action) => <option value={action}>{t.bulk[action]}</option>)}
        </select>
      </label>
      <button class="btn btn-sm" type="submit">{t.tasks.bulkPreview}</button>
    </form>
  );
}
