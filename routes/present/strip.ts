import type { RecentStep } from "../../core/mod.ts";
import type { StripModel } from "../../views/parts/strip.tsx";
import type { Language } from "../../views/i18n/language.ts";
import type { RoutedManager } from "../app_env.ts";
import { sentenceIn } from "./sentence.ts";

/** Steps of 5 s that make the last minute. */
const MINUTE_STEPS = 12;

/** What is so now, over all pools. */
export function presentStrip(manager: RoutedManager, language: Language): StripModel {
  const stats = manager.getStats();
  const { firing } = manager.alerts;
  const critical = firing.find(({ severity, acknowledgedAtMs }) =>
    severity === "critical" && acknowledgedAtMs === null
  );
  const recent = manager.getRecent();
  return {
    running: stats.counts.running,
    busyThreads: stats.busyThreads,
    threads: stats.threads,
    pending: stats.counts.pending,
    oldestWaitMs: stats.oldestWaitMs,
    completed: perMinute(recent, "completed"),
    failed: perMinute(recent, "failed"),
    zombies: stats.zombies,
    alerts: firing.length,
    critical: critical === undefined ? null : sentenceIn(language, critical.text),
  };
}

/** A count over some steps. */
export function sumOf(steps: readonly RecentStep[], name: keyof RecentStep): number {
  return steps.reduce((sum, step) => sum + step[name], 0);
}

/** A count of the last minute. */
export function perMinute(steps: readonly RecentStep[], name: keyof RecentStep): number {
  return sumOf(steps.slice(-MINUTE_STEPS), name);
}
