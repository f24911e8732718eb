import type { Child } from "hono/jsx";
import { useLanguage } from "../context.ts";
import { Icon } from "./icon.tsx";
import { Live } from "./live.tsx";

/** What is so now, over all pools. */
export interface StripModel {
  readonly running: number;
  readonly busyThreads: number;
  readonly threads: number;
  readonly pending: number;
  readonly oldestWaitMs: number | null;
  /** In the last minute; null before anything was sampled. */
  readonly completed: number;
  readonly failed: number;
  readonly zombies: number;
  /** Alerts that fire. */
  readonly alerts: number;
  /** What the newest critical one says that nobody sees to; null: there is none. */
  readonly critical: string | null;
}

/** The strip at the top of every page: each number leads to what it counts. */
export function Strip(
  { strip, refreshS }: { readonly strip: StripModel; readonly refreshS: number },
): Child {
  const { t } = useLanguage();
  return (
    <header class="strip" aria-label={t.strip.label}>
      <Live id="strip" url="/strip" refreshS={refreshS}>
        <StripNumbers strip={strip} />
      </Live>
    </header>
  );
}

/** The part of the strip that is swapped. */
export function StripNumbers({ strip }: { readonly strip: StripModel }): Child {
  const l = useLanguage();
  const { t } = l;
  const wait = strip.oldestWaitMs === null ? t.strip.none : l.duration(strip.oldestWaitMs);
  return (
    <>
      <dl class="numbers">
        <Number label={t.strip.running} href="/tasks?q=state:running">
          {l.count(strip.running)}
          <small>{t.strip.threads(l.count(strip.busyThreads), l.count(strip.threads))}</small>
        </Number>
        <Number label={t.strip.pending} href="/tasks?q=state:pending">
          {l.count(strip.pending)}
        </Number>
        <Number label={t.strip.oldestWait} href="/tasks?q=state:pending">{wait}</Number>
        <Number label={t.strip.donePerMinute} href="/tasks?q=state:completed">
          {l.count(strip.completed)}
        </Number>
        <Number
          label={t.strip.failedPerMinute}
          href="/tasks?q=state:failed"
          isBad={strip.failed > 0}
        >
          {l.count(strip.failed)}
        </Number>
        {strip.zombies > 0 && (
          <Number label={t.strip.zombies} href="/pools?zombies=1" isBad>
            {l.count(strip.zombies)}
          </Number>
        )}
        {strip.alerts > 0 && (
          <Number label={t.strip.alerts} href="/alerts" isBad>{l.count(strip.alerts)}</Number>
        )}
      </dl>
      {strip.critical !== null && (
        <p class="alert-line critical" role="alert">
          <Icon name="alert-triangle" />
          <a href="/alerts">{strip.critical}</a>
        </p>
      )}
    </>
  );
}

function Number(
  { label, href, isBad = false, children }: {
    readonly label: string;
    readonly href: string;
    readonly isBad?: boolean;
    readonly children?: Child;
  },
): Child {
  return (
    <div class={isBad ? "number bad" : "number"}>
      <dt>{label}</dt>
      <dd>
        <a href={href}>{children}</a>
      </dd>
    </div>
  );
}
