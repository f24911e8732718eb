/** How many threads a pool wants: advice with its reason, what other sizes would bring, and autoscale. */
import type { Child } from "hono/jsx";
import type { Autoscale } from "../../core/mod.ts";
import { useLanguage } from "../context.ts";
import { Ask } from "../parts/act.tsx";
import { Gauge } from "../parts/gauge.tsx";
import { Time } from "../parts/time.tsx";
import type { VersionModel } from "./pool_part.tsx";

/** What is to be expected of one size. */
export interface OutlookModel {
  readonly size: number;
  /** Null when ever more would wait. */
  readonly waitP95Ms: number | null;
  readonly utilisation: number;
  readonly isAdvised: boolean;
  readonly isOwn: boolean;
  readonly keepsTarget: boolean;
}

/** What would be with another size. */
export interface WhatIfModel {
  readonly id: string;
  readonly size: number;
  readonly sizeMax: number;
  /** Null when nothing is known of it. */
  readonly outlook: OutlookModel | null;
  readonly fault: string | null;
}

/** What the part shows. */
export interface SizingModel {
  readonly id: string;
  readonly canResize: boolean;
  readonly suggested: number;
  readonly reason: string;
  /** What it is made from; null when that was too little. */
  readonly seen: { readonly tasks: number; readonly ms: number } | null;
  readonly targetWaitMs: number;
  readonly outlooks: readonly OutlookModel[];
  readonly whatIf: WhatIfModel;
  readonly autoscale: {
    readonly mode: Autoscale;
    readonly min: number;
    readonly max: number;
    readonly coolDownMs: number;
    readonly suggestion: { readonly size: number; readonly reason: string } | null;
    readonly log: readonly VersionModel[];
  };
}

/** See the head of this file. */
export function SizingPart({ model }: { readonly model: SizingModel }): Child {
  const l = useLanguage();
  const { t } = l;
  const { seen } = model;
  return (
    <>
      <section class="card">
        <div class="card-header">
          <h2 class="card-title">{t.pool.useAdvice(l.number(model.suggested))}</h2>
          {model.canResize && (
            <Ask
              href={`/pools/${model.id}/resize`}
              icon="settings"
              label={t.action.resize}
              object={l.number(model.suggested)}
            />
          )}
        </div>
        <div class="card-body">
          <p>{model.reason}</p>
          {seen && (
            <p class="text-secondary">{t.sizing.seen(l.number(seen.tasks), l.duration(seen.ms))}</p>
          )}
          {seen && <WhatIf model={model.whatIf} />}
        </div>
        {seen && <Outlooks model={model} />}
      </section>
      <AutoscaleCard model={model} />
    </>
  );
}

function Outlooks({ model }: { readonly model: SizingModel }): Child {
  const l = useLanguage();
  const { t } = l;
  return (
    <div class="table-responsive" role="region" tabindex={0} aria-label={t.sizing.outlooks}>
      <table class="table card-table">
        <caption class="visually-hidden">{t.sizing.outlooks}</caption>
        <thead>
          <tr>
            <th scope="col" class="num">{t.pool.threads}</th>
            <th scope="col" class="num">{t.sizing.wait}</th>
            <th scope="col" class="num">{t.sizing.utilisation}</th>
            <th scope="col">{t.sizing.target(l.duration(model.targetWaitMs))}</th>
          </tr>
        </thead>
        <tbody>
          {model.outlooks.map((one) => (
            <tr class={one.isAdvised ? "selected" : undefined}>
              <th scope="row" class="num">{l.number(one.size)}</th>
              <td class="num">{waitText(one, l)}</td>
              <td class="num">
                {l.percent(one.utilisation)}{" "}
                <Gauge
                  value={one.utilisation}
                  max={1}
                  label={t.sizing.utilisation}
                  isFull={!one.keepsTarget}
                />
              </td>
              <td>
                {[
                  one.keepsTarget ? t.sizing.kept : t.sizing.missed,
                  ...one.isAdvised ? [t.sizing.advised] : [],
                  ...one.isOwn ? [t.sizing.own] : [],
                ].join(" · ")}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A number with a button; scripts make a slider of it, and ask by themselves. */
function WhatIf({ model }: { readonly model: WhatIfModel }): Child {
  const { t } = useLanguage();
  const href = `/pools/${model.id}`;
  return (
    <form
      class="what-if"
      method="get"
      action={href}
      hx-get={href}
      hx-trigger="input delay:150ms, submit"
      hx-target="#what-if"
      hx-swap="outerHTML"
    >
      <input type="hidden" name="tab" value="sizing" />
      <label class="form-label" for="what-if-size">{t.sizing.whatIf}</label>
      <input
        class="form-control"
        type="number"
        id="what-if-size"
        name="size"
        min="1"
        max={String(model.sizeMax)}
        value={String(model.size)}
        data-slider
      />
      <button type="submit" class="btn">{t.sizing.look}</button>
      <WhatIfAnswer model={model} />
    </form>
  );
}

/** What scripts swap while the slider moves. */
export function WhatIfAnswer({ model }: { readonly model: WhatIfModel }): Child {
  const l = useLanguage();
  const { outlook } = model;
  return (
    <output id="what-if" for="what-if-size" class={model.fault ? "text-danger" : undefined}>
      {model.fault ??
        (outlook && l.t.sizing.expected(
          l.number(outlook.size),
          waitText(outlook, l),
          l.percent(outlook.utilisation),
        ))}
    </output>
  );
}

function AutoscaleCard(
  { model: { id, autoscale } }: { readonly model: SizingModel },
): Child {
  const l = useLanguage();
  const { t } = l;
  const { mode, suggestion, log } = autoscale;
  const bounds = [l.number(autoscale.min), l.number(autoscale.max)] as const;
  return (
    <section class="card">
      <div class="card-header">
        <h2 class="card-title">{t.setting.autoscale.label}</h2>
        <a class="btn btn-sm end" href={`/pools/${id}?tab=settings`}>{t.pool.settings}</a>
      </div>
      <div class="card-body">
        <p>{t.sizing.mode[mode](...bounds, l.duration(autoscale.coolDownMs))}</p>
        {suggestion && (
          <p class="advice">
            <strong>{t.pool.useAdvice(l.number(suggestion.size))}</strong>
            <span>{suggestion.reason}</span>
          </p>
        )}
        {log.length === 0 && <p class="quiet">{t.sizing.noChanges}</p>}
      </div>
      {log.length > 0 && (
        <div class="table-responsive" role="region" tabindex={0} aria-label={t.sizing.changes}>
          <table class="table card-table">
            <caption class="visually-hidden">{t.sizing.changes}</caption>
            <thead>
              <tr>
                <th scope="col">{t.pool.at}</th>
                <th scope="col">{t.pool.change}</th>
                <th scope="col">{t.sizing.why}</th>
              </tr>
            </thead>
            <tbody>
              {log.map(({ version, atMs, changes, reason }) => (
                <tr>
                  <td>
                    <a href={`/pools/${id}?tab=history#version-${version}`}>
                      <Time atMs={atMs} />
                    </a>
                  </td>
                  <td>{changes.map(({ before, after }) => `${before} → ${after}`).join(", ")}</td>
                  <td>{reason}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function waitText({ waitP95Ms }: OutlookModel, l: ReturnType<typeof useLanguage>): string {
  return waitP95Ms === null ? l.t.sizing.endless : l.duration(waitP95Ms);
}
