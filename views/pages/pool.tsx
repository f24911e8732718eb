/** One pool: what its threads do, how it is set, and how it was. */
import type { Child } from "hono/jsx";
import { useLanguage } from "../context.ts";
import { Ask } from "../parts/act.tsx";
import { PoolBadge } from "../parts/badge.tsx";
import { Icon } from "../parts/icon.tsx";
import { PageHead } from "../parts/page_head.tsx";
import { Tabs } from "../parts/tabs.tsx";
import { POOL_TABS, type PoolPart, PoolPartView } from "./pool_part.tsx";
import { PoolActs, type PoolRowModel } from "./pools.tsx";

/** What the page shows. */
export interface PoolModel {
  readonly row: PoolRowModel;
  readonly createdAtMs: number;
  readonly settingsVersion: number;
  readonly startProblem: string | null;
  readonly running: number;
  readonly completed: number;
  readonly failed: number;
  readonly path: string;
  readonly part: PoolPart;
}

/** All that is swapped of the page. A form is not: see {@link PoolSettingsForm}. */
export function PoolPage({ model }: { readonly model: PoolModel }): Child {
  const l = useLanguage();
  const { t } = l;
  const { row, part } = model;
  const href = `/pools/${row.id}`;
  const isOpen = row.state === "running" || row.state === "paused";
  return (
    <>
      <PageHead title={row.name} back={{ href: "/pools", text: t.pools.title }}>
        <PoolBadge state={row.state} />
        <PoolActs id={row.id} name={row.name} state={row.state} back={model.path} />
        {isOpen && (
          <Ask
            href={`${href}/resize`}
            icon="settings"
            label={t.action.resize}
            object={row.name}
            hotkey="e"
          />
        )}
        <Ask
          href={`${href}/cancel-pending`}
          icon="ban"
          label={t.action.cancelPending}
          object={row.name}
        />
        {isOpen && (
          <Ask
            href={`${href}/drain`}
            icon="hourglass"
            label={t.action.drain}
            object={row.name}
            hotkey="Shift+D"
          />
        )}
        {row.state !== "closed" && (
          <Ask
            href={`${href}/force-close`}
            icon="x"
            label={t.action.forceClose}
            object={row.name}
            isDanger
          />
        )}
      </PageHead>
      {model.startProblem && (
        <p class="alert-line critical">
          <Icon name="alert-triangle" />
          {t.pool.startProblem}: {model.startProblem}
        </p>
      )}
      <PoolFacts model={model} />
      <Tabs
        label={t.pool.tabs}
        current={part.tab}
        tabs={POOL_TABS.map((name) => ({
          name,
          href: name === "live" ? href : `${href}?tab=${name}`,
          text: t.pool[name],
        }))}
      />
      <PoolPartView part={part} model={model} />
    </>
  );
}

function PoolFacts({ model }: { readonly model: PoolModel }): Child {
  const l = useLanguage();
  const { t } = l;
  const { row } = model;
  const tasks = (state: string) =>
    `/tasks?q=${encodeURIComponent(`pool:${row.id} state:${state}`)}`;
  const none = t.strip.none;
  return (
    <dl class="numbers card pool-numbers">
      {([
        [t.pools.threads, t.pools.of(l.count(row.busy), l.count(row.maxThreads)), undefined],
        [t.strip.pending, `${l.count(row.pending)} / ${l.count(row.capacity)}`, tasks("pending")],
        [
          t.pools.oldestWait,
          row.oldestWaitMs === null ? none : l.duration(row.oldestWaitMs),
          undefined,
        ],
        [t.pools.donePerMinute, l.count(row.donePerMinute), undefined],
        [t.state.completed, l.count(model.completed), tasks("completed")],
        [t.state.failed, l.count(model.failed), tasks("failed")],
        [t.pools.waitP95, row.waitP95Ms === null ? none : l.duration(row.waitP95Ms), undefined],
        [t.pools.runP95, row.runP95Ms === null ? none : l.duration(row.runP95Ms), undefined],
        [t.pools.rejected, l.count(row.rejected), undefined],
      ] as const).map(([label, value, href]) => (
        <div class="number">
          <dt>{label}</dt>
          <dd>{href === undefined ? value : <a href={href}>{value}</a>}</dd>
        </div>
      ))}
    </dl>
  );
}
