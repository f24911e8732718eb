/** The first page: is all well, what is slow, and what needs somebody. */
import type { Child } from "hono/jsx";
import { useLanguage } from "../context.ts";
import { Ask } from "../parts/act.tsx";
import { Chart, type ChartModel } from "../parts/chart.tsx";
import { Empty } from "../parts/empty.tsx";
import { Icon } from "../parts/icon.tsx";
import { LinkTo } from "../parts/link_to.tsx";
import { PageHead } from "../parts/page_head.tsx";
import { Sparkline } from "../parts/sparkline.tsx";
import { Duration } from "../parts/time.tsx";
import { TypeSharesCard, type TypeSharesModel } from "../parts/type_shares.tsx";

/** The ranges of the chart, as the address names them. */
export const RANGES = {
  "15m": 15,
  "1h": 60,
  "6h": 360,
  "24h": 1_440,
  "7d": 10_080,
  "30d": 43_200,
  "1y": 525_600,
} as const;
/** One of {@link RANGES}. */
export type RangeName = keyof typeof RANGES;

/** One number with its recent course. */
export interface TileModel {
  readonly label: string;
  readonly help: string;
  readonly value: string;
  readonly href: string;
  readonly course: readonly (number | null)[];
  /** What stands at the top of the course; left out: the highest value. */
  readonly most?: number;
}

/** What the page shows. */
export interface OverviewModel {
  /** Nothing was ever submitted. */
  readonly isEmpty: boolean;
  /** What a terminal submits a first task with. */
  readonly firstCommand: string;
  readonly range: RangeName;
  /** The page's address without its range. */
  readonly rangePath: string;
  readonly tiles: readonly TileModel[];
  readonly chart: ChartModel;
  readonly attention: readonly {
    readonly isCritical: boolean;
    readonly text: string;
    /** Where to look at it; null: nowhere. */
    readonly href: string | null;
  }[];
  readonly shares: TypeSharesModel;
  readonly waiting: readonly {
    readonly href: string;
    readonly name: string;
    readonly pending: number;
    readonly oldestWaitMs: number;
  }[];
}

/** All that is swapped of the page. */
export function Overview({ model }: { readonly model: OverviewModel }): Child {
  const { t } = useLanguage();
  return (
    <>
      <PageHead title={t.overview.title}>
        <SubmitLink />
      </PageHead>
      {model.isEmpty && <FirstSteps command={model.firstCommand} />}
      <section class="tiles" aria-label={t.strip.label}>
        {model.tiles.map((tile) => <Tile tile={tile} />)}
      </section>
      <div class="columns">
        <section class="card wide">
          <div class="card-header">
            <h2 class="card-title">{t.overview.outcomes}</h2>
            <Ranges range={model.range} path={model.rangePath} />
          </div>
          <div class="card-body">
            <Chart chart={model.chart} />
          </div>
        </section>
        <div class="stack">
          <Attention attention={model.attention} />
          <section class="card">
            <div class="card-header">
              <h2 class="card-title">{t.overview.poolsByWait}</h2>
            </div>
            {model.waiting.length === 0
              ? <p class="card-body quiet">{t.overview.noWait}</p>
              : (
                <table class="table card-table">
                  <thead>
                    <tr>
                      <th scope="col">{t.pools.name}</th>
                      <th scope="col" class="num">{t.strip.pending}</th>
                      <th scope="col" class="num">{t.pools.oldestWait}</th>
                    </tr>
                  </thead>
                  <tbody>
                    {model.waiting.map((pool) => (
                      <tr>
                        <td class="name">
                          <a href={pool.href}>{pool.name}</a>
                        </td>
                        <td class="num">{pool.pending}</td>
                        <td class="num">
                          <Duration ms={pool.oldestWaitMs} />
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              )}
          </section>
        </div>
      </div>
      <TypeSharesCard model={model.shares} />
    </>
  );
}

function Tile({ tile }: { readonly tile: TileModel }): Child {
  return (
    <a class="card tile" href={tile.href}>
      <span class="tile-label">{tile.label}</span>
      <span class="tile-value">{tile.value}</span>
      <Sparkline values={tile.course} max={tile.most} label={tile.label} />
      <span class="tile-help">{tile.help}</span>
    </a>
  );
}

function Attention({ attention }: { readonly attention: OverviewModel["attention"] }): Child {
  const { t } = useLanguage();
  return (
    <section class="card" id="attention">
      <div class="card-header">
        <h2 class="card-title">{t.overview.attention}</h2>
      </div>
      {attention.length === 0
        ? (
          <p class="card-body quiet well">
            <Icon name="circle-check" />
            {t.overview.allWell}
          </p>
        )
        : (
          <ul class="attention">
            {attention.map(({ isCritical, text, href }) => (
              <li class={isCritical ? "critical" : "warning"}>
                <Icon name="alert-triangle" />
                <span>
                  <LinkTo href={href} text={text} />
                </span>
              </li>
            ))}
          </ul>
        )}
    </section>
  );
}

/** Choices of how far a chart goes back. */
export function Ranges(
  { range, path }: { readonly range: RangeName; readonly path: string },
): Child {
  const { t } = useLanguage();
  const names = Object.keys(RANGES) as RangeName[]; // its own keys
  return (
    <nav class="ranges" aria-label={t.overview.range}>
      {names.map((name) => (
        <a
          href={`${path}${path.includes("?") ? "&" : "?"}range=${name}`}
          aria-current={name === range ? "true" : undefined}
        >
          {t.overview.ranges[name]}
        </a>
      ))}
    </nav>
  );
}

function SubmitLink(): Child {
  const { t } = useLanguage();
  return (
    <a class="btn btn-primary" href="/submit" data-hotkey="c">
      <Icon name="send" />
      {t.action.submitTask}
    </a>
  );
}

function FirstSteps({ command }: { readonly command: string }): Child {
  const { t } = useLanguage();
  return (
    <section class="card first-steps">
      <Empty icon="activity" title={t.overview.emptyTitle} text={t.overview.emptyText}>
        <div class="first-actions">
          <SubmitLink />
          <Ask href="/pools/new" icon="plus" label={t.action.newPool} />
        </div>
        <pre class="command"><code>{command}</code></pre>
      </Empty>
    </section>
  );
}
