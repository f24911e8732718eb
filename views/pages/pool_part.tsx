/** The parts of a pool's page: its threads, tasks, charts, size, settings and what else is of it. */
import type { Child } from "hono/jsx";
import type { Isolation, SlotSnapshot } from "../../core/mod.ts";
import { useLanguage } from "../context.ts";
import { Act, Ask } from "../parts/act.tsx";
import { type ChartModel, Charts } from "../parts/chart.tsx";
import { Empty } from "../parts/empty.tsx";
import { Facts } from "../parts/facts.tsx";
import { type FieldModel, Fields } from "../parts/fields.tsx";
import { Time } from "../parts/time.tsx";
import { type AlertRowModel, AlertTable } from "./alerts.tsx";
import { type RangeName, Ranges } from "./overview.tsx";
import { type SizingModel, SizingPart } from "./pool_sizing.tsx";
import type { PoolRowModel } from "./pools.tsx";
import { TaskTable, type TaskTableModel } from "./task_table.tsx";

/** The parts of the page, as the address names them. */
export const POOL_TABS = [
  "live",
  "tasks",
  "charts",
  "sizing",
  "settings",
  "permissions",
  "history",
  "alerts",
] as const;
/** One of {@link POOL_TABS}. */
export type PoolTab = typeof POOL_TABS[number];

/** One version of the settings. */
export interface VersionModel {
  readonly version: number;
  readonly atMs: number;
  readonly author: string | null;
  readonly reason: string | null;
  readonly changes: readonly {
    readonly name: string;
    readonly before: string;
    readonly after: string;
  }[];
}

/** What one part of the page shows. */
export type PoolPart =
  | {
    readonly tab: "live";
    readonly slots: readonly SlotSnapshot[];
    readonly charts: readonly ChartModel[];
  }
  | { readonly tab: "tasks"; readonly table: TaskTableModel }
  | { readonly tab: "charts"; readonly range: RangeName; readonly charts: readonly ChartModel[] }
  | { readonly tab: "sizing"; readonly sizing: SizingModel }
  | {
    readonly tab: "settings";
    readonly fields: readonly FieldModel[];
    readonly reason: string;
    /** Of the settings that the form shows: others may change them meanwhile. */
    readonly version: number;
    /** Why it was not saved. */
    readonly fault: string | null;
    readonly canChange: boolean;
  }
  | {
    readonly tab: "permissions";
    readonly granted: readonly {
      readonly kind: "read" | "write" | "net" | "env";
      readonly names: readonly string[];
    }[];
  }
  | { readonly tab: "history"; readonly versions: readonly VersionModel[] }
  /** Those that fire. */
  | { readonly tab: "alerts"; readonly alerts: readonly AlertRowModel[] };

/** What a part needs to know of its pool. */
export interface PoolPartFrame {
  readonly row: PoolRowModel;
  /** The page's own address, to come back to. */
  readonly path: string;
}

/** Shows one part of a pool's page. */
export function PoolPartView(
  { part, model }: { readonly part: PoolPart; readonly model: PoolPartFrame },
): Child {
  switch (part.tab) {
    case "live":
      return <LivePart slots={part.slots} charts={part.charts} model={model} />;
    case "tasks":
      return <TaskTable table={part.table} />;
    case "charts":
      return (
        <>
          <div class="part-head">
            <Ranges range={part.range} path={`/pools/${model.row.id}?tab=charts`} />
          </div>
          <Charts charts={part.charts} />
        </>
      );
    case "sizing":
      return <SizingPart model={part.sizing} />;
    case "settings":
      return <PoolSettingsForm part={part} id={model.row.id} />;
    case "permissions":
      return <PermissionsPart granted={part.granted} isolation={model.row.isolation} />;
    case "history":
      return <HistoryPart versions={part.versions} id={model.row.id} path={model.path} />;
    case "alerts":
      return <AlertsPart alerts={part.alerts} back={model.path} />;
  }
}

function AlertsPart(
  { alerts, back }: { readonly alerts: readonly AlertRowModel[]; readonly back: string },
): Child {
  const { t } = useLanguage();
  return <AlertTable alerts={alerts} back={back} tab="firing" noneText={t.pool.noAlerts} />;
}

function LivePart(
  { slots, charts, model }: {
    readonly slots: readonly SlotSnapshot[];
    readonly charts: readonly ChartModel[];
    readonly model: PoolPartFrame;
  },
): Child {
  const { t } = useLanguage();
  return (
    <>
      <section class="card" aria-label={t.pool.threads}>
        <div class="card-header">
          <h2 class="card-title">{t.pool.threads}</h2>
          <small class="text-secondary">
            {model.row.isolation === "process" ? t.pool.isolationProcess : t.pool.isolationThread}
          </small>
        </div>
        {slots.length === 0
          ? <Empty icon="activity" title={t.pool.noThreads} />
          : (
            <ul class="slots">
              {slots.map((slot) => <SlotCell slot={slot} model={model} />)}
            </ul>
          )}
      </section>
      <Charts charts={charts} />
    </>
  );
}

function SlotCell(
  { slot, model: { path, row } }: { readonly slot: SlotSnapshot; readonly model: PoolPartFrame },
): Child {
  const l = useLanguage();
  const { t } = l;
  const name = t.pool.slot(l.number(slot.index));
  return (
    <li class={`slot ${slot.state}`} id={`slot-${slot.index}-${slot.pid ?? 0}`}>
      <div class="slot-head">
        <strong>{name}</strong>
        <span class="slot-state">{t.slotState[slot.state]}</span>
        {(slot.state === "idle" || slot.state === "busy") && (
          <Act
            action={`/pools/${row.id}/recycle?thread=${slot.index}`}
            icon="refresh"
            label={t.pool.recycle}
            object={name}
            back={path}
            isSmall
          />
        )}
      </div>
      {slot.running.map(({ taskId, name: task, typeName, runMs, progress }) => (
        <div class="slot-task">
          <span class="slot-what">
            <a href={`/tasks/${taskId}`} title={task}>
              <bdi>{task}</bdi>
            </a>
            <small>
              {task !== typeName && `${typeName} · `}
              {t.pool.runningFor(l.duration(runMs))}
            </small>
          </span>
          {slot.state !== "zombie" && (
            <Ask
              href={`/tasks/${taskId}/stop?back=${encodeURIComponent(path)}`}
              icon="player-stop"
              label={t.action.stop}
              object={task}
              isIcon
              isDanger
            />
          )}
          {progress && (
            <progress
              class="gauge"
              value={String(progress.done)}
              max={String(progress.total)}
              aria-label={t.action.ofObject(t.tasks.progress, task)}
            />
          )}
        </div>
      ))}
      <dl class="slot-facts">
        <div>
          <dt>{t.pool.done}</dt>
          <dd>{l.count(slot.done)}</dd>
        </div>
        <div>
          <dt>{t.pool.failed}</dt>
          <dd>{l.count(slot.failed)}</dd>
        </div>
        <div>
          <dt>{t.pool.memory}</dt>
          <dd>{l.megabytes(slot.memoryBytes)}</dd>
        </div>
        {slot.pid !== null && (
          <div>
            <dt>{t.pool.pid}</dt>
            <dd>{String(slot.pid)}</dd>
          </div>
        )}
      </dl>
      {slot.heartbeatAgeMs !== null && slot.heartbeatAgeMs > 2_000 && (
        <p class="slot-beat">{t.pool.heartbeat(l.duration(slot.heartbeatAgeMs))}</p>
      )}
    </li>
  );
}

/** The settings as a form; nothing swaps it while somebody types. */
export function PoolSettingsForm(
  { part, id }: { readonly part: Extract<PoolPart, { tab: "settings" }>; readonly id: string },
): Child {
  const { t } = useLanguage();
  const action = `/pools/${id}/settings`;
  return (
    <form
      id="settings-form"
      class="card settings-form"
      method="post"
      action={action}
      hx-post={action}
      hx-target="#settings-form"
      hx-swap="outerMorph"
      novalidate
    >
      <div class="card-body">
        {part.fault && <p class="form-faults" role="alert">{part.fault}</p>}
        <input type="hidden" name="version" value={String(part.version)} />
        <fieldset class="field-grid" disabled={!part.canChange}>
          <Fields fields={part.fields} />
          <div class="field">
            <label class="form-label" for="reason">{t.pool.reason}</label>
            <input
              class="form-control"
              id="reason"
              name="reason"
              maxlength={200}
              value={part.reason}
              autocomplete="off"
            />
          </div>
        </fieldset>
      </div>
      {part.canChange && (
        <div class="card-footer">
          <button type="submit" class="btn btn-primary">{t.action.save}</button>
        </div>
      )}
    </form>
  );
}

function PermissionsPart(
  { granted, isolation }: {
    readonly granted: Extract<PoolPart, { tab: "permissions" }>["granted"];
    readonly isolation: Isolation;
  },
): Child {
  const { t } = useLanguage();
  return (
    <section class="card">
      <div class="card-body">
        <p class="text-secondary">
          {isolation === "process" ? t.pool.permissionsProcess : t.pool.permissionsThread}
        </p>
        <Facts
          facts={granted.map(({ kind, names }) => [
            t.pool.permission[kind],
            names.length === 0
              ? <span class="none">{t.pool.permissionNone}</span>
              : <>{names.map((name) => <code class="grant">{name}</code>)}</>,
          ])}
        />
      </div>
    </section>
  );
}

function HistoryPart(
  { versions, id, path }: {
    readonly versions: readonly VersionModel[];
    readonly id: string;
    readonly path: string;
  },
): Child {
  const l = useLanguage();
  const { t } = l;
  return (
    <ol class="versions">
      {versions.map((one, index) => (
        <li class="card" id={`version-${one.version}`}>
          <div class="card-header">
            <h2 class="card-title">{t.pool.version(l.number(one.version))}</h2>
            <small class="text-secondary">
              <Time atMs={one.atMs} />
              {[one.author, one.reason].filter((said) => said !== null).map((said) => (
                <>
                  {" · "}
                  <bdi>{said}</bdi>
                </>
              ))}
            </small>
            {index > 0 && (
              <form
                method="post"
                action={`/pools/${id}/revert`}
                hx-post={`/pools/${id}/revert`}
                hx-swap="none"
                class="act end"
              >
                <input type="hidden" name="back" value={path} />
                <input type="hidden" name="version" value={String(one.version)} />
                <button type="submit" class="btn btn-sm">{t.pool.revert}</button>
              </form>
            )}
          </div>
          {one.changes.length === 0
            ? <p class="card-body quiet">{t.pool.firstVersion}</p>
            : (
              <table class="table card-table">
                <thead>
                  <tr>
                    <th scope="col">{t.pool.change}</th>
                    <th scope="col">{t.pool.before}</th>
                    <th scope="col">{t.pool.after}</th>
                  </tr>
                </thead>
                <tbody>
                  {one.changes.map((change) => (
                    <tr>
                      <td>{change.name}</td>
                      <td class="was">{change.before}</td>
                      <td>{change.after}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            )}
        </li>
      ))}
    </ol>
  );
}
