/** The list of pools. */
import type { Child } from "hono/jsx";
import type { Isolation, PoolState } from "../../core/mod.ts";
import { useLanguage } from "../context.ts";
import { Act, Ask } from "../parts/act.tsx";
import { PoolBadge } from "../parts/badge.tsx";
import { Empty } from "../parts/empty.tsx";
import { Gauge } from "../parts/gauge.tsx";
import { Icon } from "../parts/icon.tsx";
import { Pager, type PagerModel } from "../parts/pager.tsx";
import { Options } from "../parts/options.tsx";
import { PageHead } from "../parts/page_head.tsx";
import { Sparkline } from "../parts/sparkline.tsx";
import { Duration } from "../parts/time.tsx";

/** One row. */
export interface PoolRowModel {
  readonly id: string;
  readonly name: string;
  readonly state: PoolState;
  readonly isolation: Isolation;
  readonly busy: number;
  readonly threads: number;
  readonly minThreads: number;
  readonly maxThreads: number;
  readonly pending: number;
  readonly capacity: number;
  readonly oldestWaitMs: number | null;
  readonly donePerMinute: number;
  /** Null when nothing ended lately. */
  readonly failedShare: number | null;
  readonly waitP95Ms: number | null;
  readonly runP95Ms: number | null;
  readonly rejected: number;
  readonly zombies: number;
  readonly course: readonly number[];
}

/** What the page shows. */
export interface PoolsModel {
  readonly pager: PagerModel;
  readonly rows: readonly PoolRowModel[];
  readonly filter: {
    readonly status: string;
    readonly isolation: string;
    readonly text: string;
  };
  /** The page's own address, to come back to. */
  readonly path: string;
}

/** The head and the filter: they stay while the list is swapped. */
export function PoolsHead({ model }: { readonly model: PoolsModel }): Child {
  const { t } = useLanguage();
  const { status, isolation, text } = model.filter;
  const states = [
    ["", t.pools.open],
    ["running", t.poolState.running],
    ["paused", t.poolState.paused],
    ["draining", t.poolState.draining],
    ["closed", t.poolState.closed],
    ["all", t.pools.all],
  ] as const;
  const isolations = [
    ["", t.pools.anyIsolation],
    ["process", "process"],
    ["thread", "thread"],
  ] as const;
  return (
    <>
      <PageHead title={t.pools.title}>
        <Ask href="/pools/new" icon="plus" label={t.action.newPool} isPrimary hotkey="c" />
      </PageHead>
      <form class="filters" method="get" action="/pools" data-submit-on-change>
        <label>
          <span>{t.pools.status}</span>
          <select class="form-select form-select-sm" name="status">
            <Options options={states} value={status} />
          </select>
        </label>
        <label>
          <span>{t.pools.isolation}</span>
          <select class="form-select form-select-sm" name="isolation">
            <Options options={isolations} value={isolation} />
          </select>
        </label>
        <label>
          <span>{t.pools.text}</span>
          <input
            class="form-control form-control-sm"
            type="search"
            name="text"
            value={text}
            data-filter
          />
        </label>
        <button class="btn btn-sm" type="submit">
          <Icon name="filter" />
          {t.action.filter}
        </button>
      </form>
    </>
  );
}

/** The part of the page that is swapped. */
export function PoolTable({ model }: { readonly model: PoolsModel }): Child {
  const { t } = useLanguage();
  if (model.rows.length === 0) {
    return (
      <div class="card">
        <Empty icon="stack-2" title={t.pools.emptyTitle} text={t.pools.emptyText}>
          <a class="btn" href="/pools?status=all">{t.action.clear}</a>
        </Empty>
      </div>
    );
  }
  return (
    <>
      <div class="card table-responsive" tabindex={0} role="group" aria-label={t.pools.title}>
        <table class="table table-hover card-table rows">
          <thead>
            <tr>
              <th scope="col">{t.pools.name}</th>
              <th scope="col">{t.pools.status}</th>
              <th scope="col">{t.pools.threads}</th>
              <th scope="col">{t.pools.trend}</th>
              <th scope="col">{t.pools.queue}</th>
              <th scope="col" class="num">{t.pools.oldestWait}</th>
              <th scope="col" class="num">{t.pools.donePerMinute}</th>
              <th scope="col" class="num">{t.pools.failedShare}</th>
              <th scope="col" class="num">{t.pools.waitP95}</th>
              <th scope="col" class="num">{t.pools.runP95}</th>
              <th scope="col" class="num">{t.pools.rejected}</th>
              <th scope="col">
                <span class="visually-hidden">{t.pools.actions}</span>
              </th>
            </tr>
          </thead>
          <tbody>{model.rows.map((row) => <PoolRow row={row} back={model.path} />)}</tbody>
        </table>
      </div>
      <Pager pager={model.pager} />
    </>
  );
}

function PoolRow({ row, back }: { readonly row: PoolRowModel; readonly back: string }): Child {
  const l = useLanguage();
  const { t } = l;
  const href = `/pools/${row.id}`;
  const isFull = row.pending > row.capacity * 0.8;
  const tasks = (state: string) =>
    `/tasks?q=${encodeURIComponent(`pool:${row.id} state:${state}`)}`;
  return (
    <tr id={`pool-${row.id}`} data-href={href}>
      <td class="name">
        <a href={href}>{row.name}</a>
        <small>{row.isolation}</small>
      </td>
      <td>
        <PoolBadge state={row.state} />
        {row.zombies > 0 && (
          <span class="badge bg-red-lt">
            <Icon name="skull" />
            {t.pools.zombies(l.count(row.zombies))}
          </span>
        )}
      </td>
      <td>
        <span class="figure">
          {t.pools.of(l.count(row.busy), l.count(row.maxThreads))}
          <small>{`${row.minThreads}–${row.maxThreads}`}</small>
        </span>
        <Gauge value={row.busy} max={row.maxThreads} label={t.pools.threads} />
      </td>
      <td>
        <Sparkline values={row.course} label={t.pools.trendAlt(row.name)} />
      </td>
      <td>
        <a class="figure" href={tasks("pending")}>
          {l.count(row.pending)}
          <small>/ {l.count(row.capacity)}</small>
        </a>
        <Gauge value={row.pending} max={row.capacity} label={t.pools.queue} isFull={isFull} />
      </td>
      <td class="num">
        <Duration ms={row.oldestWaitMs} />
      </td>
      <td class="num">{l.count(row.donePerMinute)}</td>
      <td class="num">
        {row.failedShare === null
          ? <span class="none">–</span>
          : <a href={tasks("failed")}>{l.percent(row.failedShare)}</a>}
      </td>
      <td class="num">
        <Duration ms={row.waitP95Ms} />
      </td>
      <td class="num">
        <Duration ms={row.runP95Ms} />
      </td>
      <td class="num">{l.count(row.rejected)}</td>
      <td class="acts">
        <PoolActs id={row.id} name={row.name} state={row.state} back={back} isSmall />
      </td>
    </tr>
  );
}

/** Pause or go on, at once. */
export function PoolActs(
  { id, name, state, back, isSmall = false }: {
    readonly id: string;
    readonly name: string;
    readonly state: PoolRowModel["state"];
    readonly back: string;
    readonly isSmall?: boolean;
  },
): Child {
  const { t } = useLanguage();
  const isPaused = state === "paused";
  if (state !== "running" && !isPaused) return null;
  return (
    <Act
      action={`/pools/${id}/${isPaused ? "resume" : "pause"}`}
      icon={isPaused ? "player-play" : "player-pause"}
      label={isPaused ? t.action.resume : t.action.pause}
      object={name}
      back={back}
      isSmall={isSmall}
      {...isSmall ? { rowHotkey: "p" } : { hotkey: "p" }}
    />
  );
}
