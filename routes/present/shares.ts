import { SHARE_WINDOWS_S, type ShareWindowS, type TypeShares } from "../../core/mod.ts";
import type { Language } from "../../views/i18n/language.ts";
import type { TypeSharesModel } from "../../views/parts/type_shares.tsx";

/** Where the other windows are. */
export interface SharesPlace {
  readonly windowS: ShareWindowS;
  hrefOf(windowS: ShareWindowS): string;
}

/** Which types the threads' time went to, as a page shows it. */
export function presentShares(
  l: Language,
  { types }: TypeShares,
  { windowS, hrefOf }: SharesPlace,
): TypeSharesModel {
  return {
    windows: SHARE_WINDOWS_S.map((other) => ({
      label: l.t.shares.windows[other],
      href: hrefOf(other),
      isShown: other === windowS,
    })),
    types: types.map(({ type, share, runMs, done, failed, cancelled }) => ({
      name: type,
      href: `/types#type-${type}`,
      share,
      percent: l.percent(share),
      runMs,
      ended: l.number(done + failed + cancelled),
      failed: failed === 0
        ? null
        : { text: l.number(failed), href: `/tasks?q=state:failed+type:${type}` },
    })),
  };
}
