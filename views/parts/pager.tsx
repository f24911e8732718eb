import type { Child } from "hono/jsx";
import { useLanguage } from "../context.ts";
import { Icon } from "./icon.tsx";
import { Options } from "./options.tsx";

/** Ways to other pages; a null one leads nowhere. */
export interface PagerModel {
  /** Null when the page was reached from a cursor. */
  readonly page: number | null;
  readonly pages: number | null;
  readonly perPage: number;
  /** How many there are, in words. */
  readonly total: string;
  readonly first: string | null;
  readonly previous: string | null;
  readonly next: string | null;
  readonly last: string | null;
  readonly newer: string | null;
  readonly older: string | null;
  /** Fields that a jump keeps. */
  readonly kept: readonly (readonly [string, string])[];
  readonly action: string;
}

/** Page sizes that can be chosen. */
export const PAGE_SIZES = [10, 20, 50, 100] as const;

/** Ways to the pages before and after this one, to any other, and to longer and shorter pages. */
export function Pager({ pager }: { readonly pager: PagerModel }): Child {
  const l = useLanguage();
  const { t } = l;
  const { total } = pager;
  return (
    <nav class="pager" aria-label={t.tasks.pagination}>
      <span class="pager-total">
        {total}
      </span>
      <span class="pager-steps">
        <Step href={pager.first} icon="chevrons-left" label={t.tasks.first} />
        <Step
          href={pager.previous}
          icon="chevron-left"
          label={t.tasks.previous}
          hotkey="ArrowLeft"
        />
        {pager.page !== null && pager.pages !== null && (
          <span class="pager-place">
            {t.tasks.page(l.number(pager.page), l.number(pager.pages))}
          </span>
        )}
        <Step href={pager.next} icon="chevron-right" label={t.tasks.next} hotkey="ArrowRight" />
        <Step href={pager.last} icon="chevrons-right" label={t.tasks.last} />
      </span>
      {(pager.newer ?? pager.older) !== null && (
        <span class="pager-steps">
          <Step href={pager.newer} icon="chevron-left" label={t.tasks.newer} hasText />
          <Step href={pager.older} icon="chevron-right" label={t.tasks.older} hasText />
        </span>
      )}
      <form class="pager-jump" method="get" action={pager.action} data-submit-on-change>
        {pager.kept.map(([name, value]) => <input type="hidden" name={name} value={value} />)}
        <label>
          <span>{t.tasks.jump}</span>
          <input
            class="form-control form-control-sm"
            name="page"
            inputmode="numeric"
            autocomplete="off"
            id="pager-jump"
          />
        </label>
        <label>
          <span>{t.tasks.perPage}</span>
          <select class="form-select form-select-sm" name="per_page" id="pager-size">
            <Options
              options={PAGE_SIZES.map((size) => [String(size), String(size)])}
              value={String(pager.perPage)}
            />
          </select>
        </label>
        <button class="btn btn-sm" type="submit">{t.action.apply}</button>
      </form>
    </nav>
  );
}

function Step(
  { href, icon, label, hasText = false, hotkey }: {
    readonly href: string | null;
    readonly icon: "chevrons-left" | "chevron-left" | "chevron-right" | "chevrons-right";
    readonly label: string;
    readonly hasText?: boolean;
    readonly hotkey?: string;
  },
): Child {
  const kind = hasText ? "btn btn-sm" : "btn btn-sm btn-icon";
  if (href === null) {
    return (
      <span class={`${kind} disabled`} aria-disabled="true" role="link" aria-label={label}>
        <Icon name={icon} />
        {hasText && label}
      </span>
    );
  }
  return (
    <a class={kind} href={href} aria-label={label} data-hotkey={hotkey}>
      <Icon name={icon} />
      {hasText && label}
    </a>
  );
}
