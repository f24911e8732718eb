import type { Child } from "hono/jsx";
import { useLanguage } from "../context.ts";
import { Gauge } from "./gauge.tsx";
import { Duration } from "./time.tsx";

/** What {@link TypeSharesCard} shows. */
export interface TypeSharesModel {
  /** Of each window its name and address. */
  readonly windows: readonly {
    readonly label: string;
    readonly href: string;
    readonly isShown: boolean;
  }[];
  readonly types: readonly {
    readonly name: string;
    readonly href: string;
    /** From 0 to 1, and as a text. */
    readonly share: number;
    readonly percent: string;
    readonly runMs: number;
    readonly ended: string;
    /** Null when none failed. */
    readonly failed: { readonly text: string; readonly href: string } | null;
  }[];
}

/** Which task types the threads' time goes to. */
export function TypeSharesCard({ model }: { readonly model: TypeSharesModel }): Child {
  const { t } = useLanguage();
  return (
    <section class="card" id="type-shares">
      <div class="card-header">
        <h2 class="card-title">{t.shares.title}</h2>
        <nav class="ranges" aria-label={t.shares.window}>
          {model.windows.map(({ label, href, isShown }) => (
            <a href={href} aria-current={isShown ? "true" : undefined}>{label}</a>
          ))}
        </nav>
      </div>
      {model.types.length === 0
        ? <p class="card-body quiet">{t.shares.nothing}</p>
        : (
          <div class="table-responsive" role="region" tabindex={0} aria-label={t.shares.title}>
            <table class="table card-table">
              <thead>
                <tr>
                  <th scope="col">{t.shares.type}</th>
                  <th scope="col">{t.shares.share}</th>
                  <th scope="col" class="num">{t.shares.threadTime}</th>
                  <th scope="col" class="num">{t.shares.ended}</th>
                  <th scope="col" class="num">{t.shares.failed}</th>
                </tr>
              </thead>
              <tbody>
                {model.types.map(({ name, href, share, percent, runMs, ended, failed }) => (
                  <tr>
                    <td class="name">
                      <a href={href}>{name}</a>
                    </td>
                    <td>
                      <span class="figure">{percent}</span>
                      <Gauge value={share} max={1} label={t.shares.share} />
                    </td>
                    <td class="num">
                      <Duration ms={runMs} />
                    </td>
                    <td class="num">{ended}</td>
                    <td class="num">
                      {failed === null ? "0" : <a href={failed.href}>{failed.text}</a>}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
    </section>
  );
}
