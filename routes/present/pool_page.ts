/** Pools as the pages show them. */
import {
  differencesOf,
  type PoolSnapshot,
  type RecentStep,
  type SettingsVersion,
} from "../../core/mod.ts";
import type { VersionModel } from "../../views/pages/pool_part.tsx";
import type { PoolRowModel } from "../../views/pages/pools.tsx";
import type { Words } from "../../views/i18n/en.ts";
import type { Language } from "../../views/i18n/language.ts";
import { sentenceIn } from "./sentence.ts";
import { perMinute, sumOf } from "./strip.ts";

/** A row of the list; `recent` is what the pool did lately. */
export function presentPoolRow(pool: PoolSnapshot, recent: readonly RecentStep[]): PoolRowModel {
  const { settings, counts, slots } = pool;
  const [done, failed] = [sumOf(recent, "completed"), sumOf(recent, "failed")];
  return {
    id: pool.id,
    name: settings.name,
    state: pool.state,
    isolation: settings.isolation,
    busy: slots.filter(({ running }) => running.length > 0).length,
    threads: slots.length,
    minThreads: settings.minThreads,
    maxThreads: settings.maxThreads,
    pending: counts.pending,
    capacity: settings.queueCapacity,
    oldestWaitMs: pool.oldestWaitMs,
    donePerMinute: perMinute(recent, "completed"),
    failedShare: done + failed === 0 ? null : failed / (done + failed),
    waitP95Ms: pool.wait.count === 0 ? null : pool.wait.p95,
    runP95Ms: pool.run.count === 0 ? null : pool.run.p95,
    rejected: counts.rejected,
    zombies: pool.zombies,
    course: recent.map(({ completed, failed }) => completed + failed),
  };
}

/** Versions with what each changed, newest first. */
export function presentVersions(
  versions: readonly SettingsVersion[],
  language: Language,
): readonly VersionModel[] {
  return versions.map(({ version, atMs, author, reason, settings }, index) => {
    const before = versions[index + 1]?.settings;
    const differences = before === undefined ? [] : differencesOf(before, settings);
    const changes = differences.map(({ setting, before, after }) => ({
      name: settingLabel(setting, language.t),
      before: textOf(before),
      after: textOf(after),
    }));
    return { version, atMs, author, reason: reason && sentenceIn(language, reason), changes };
  });
}

/** How a setting is called. */
export function settingLabel(key: string, t: Words): string {
  return Object.hasOwn(t.setting, key) ? t.setting[key as keyof Words["setting"]].label : key;
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return "–";
  return typeof value === "string" ? value : JSON.stringify(value);
}
