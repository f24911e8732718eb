/** A pool's size, what is advised and what was done of it, as its page shows them. */
import {
  AUTOSCALE_AUTHOR,
  autoscaleCeiling,
  POOL_THREADS_MAX,
  type PoolSettings,
  type ResizeInfo,
  type SettingsVersion,
  type SizeOutlook,
} from "../../core/mod.ts";
import type { Language } from "../../views/i18n/language.ts";
import type { OutlookModel, SizingModel, WhatIfModel } from "../../views/pages/pool_sizing.tsx";
import { presentVersions } from "./pool_page.ts";
import { sentenceIn } from "./sentence.ts";

/** The last so many changes are shown; the history has all. */
const LOG_MAX = 20;

/** Puts what is known into the page's words. */
export function presentSizing(
  info: ResizeInfo,
  whatIf: WhatIfModel,
  { settings, versions }: {
    readonly settings: PoolSettings;
    readonly versions: readonly SettingsVersion[];
  },
  language: Language,
): SizingModel {
  const { advice, autoscaleSuggestion } = info;
  return {
    id: info.id,
    canResize: info.canResize,
    suggested: info.suggestedMaxThreads,
    reason: sentenceIn(language, info.reason),
    seen: advice && { tasks: advice.seenTasks, ms: advice.seenMs },
    targetWaitMs: settings.targetWaitMs,
    outlooks: info.sizes.map((one) => presentOutlook(one, info, settings)),
    whatIf,
    autoscale: {
      mode: settings.autoscale,
      min: Math.max(1, settings.minThreads),
      max: autoscaleCeiling(settings),
      coolDownMs: settings.autoscaleCoolDownMs,
      suggestion: autoscaleSuggestion && {
        size: autoscaleSuggestion.size,
        reason: sentenceIn(language, autoscaleSuggestion.reason),
      },
      log: presentVersions(versions, language).filter(({ author }) => author === AUTOSCALE_AUTHOR)
        .slice(0, LOG_MAX),
    },
  };
}

/** What is to be expected of the size that somebody asked for. */
export function presentWhatIf(
  info: ResizeInfo,
  asked: number,
  settings: PoolSettings,
  fault: string | null,
): WhatIfModel {
  const found = info.sizes.find(({ size }) => size === asked);
  return {
    id: info.id,
    size: asked,
    sizeMax: POOL_THREADS_MAX,
    outlook: found === undefined ? null : presentOutlook(found, info, settings),
    fault,
  };
}

function presentOutlook(
  { size, waitP95Ms, utilisation }: SizeOutlook,
  { maxThreads, advice }: ResizeInfo,
  { targetWaitMs }: PoolSettings,
): OutlookModel {
  return {
    size,
    waitP95Ms,
    utilisation,
    isAdvised: size === advice?.size,
    isOwn: size === maxThreads,
    keepsTarget: waitP95Ms !== null && waitP95Ms <= targetWaitMs,
  };
}
