/** What an alert says, in one sentence: Lido's own rules have theirs, all others the same. */
import type { AlertComparator, AlertRule } from "../../model/alert.ts";
import { SENTENCES } from "../../model/sentences.ts";
import type { Labels } from "../metrics/family.ts";
import { DEFAULT_RULES, type DefaultRuleName } from "./default_rules.ts";
import { readsAlike } from "./rule_reader.ts";

/** What a sentence of Lido's own is made of. */
interface Facts {
  readonly pool: string;
  readonly value: number;
  readonly minutes: string;
}

const TEXTS: Readonly<Record<DefaultRuleName, (facts: Facts) => string>> = {
  many_pools: ({ value }) => SENTENCES.alertManyPools(value),
  many_pending: ({ value }) => SENTENCES.alertManyPending(value),
  much_memory: ({ value }) => SENTENCES.alertMuchMemory(mebibytes(value)),
  no_threads: ({ pool }) => SENTENCES.alertNoThreads(pool),
  zombies: ({ pool, value }) => SENTENCES.alertZombies(pool, value),
  queue_filling: ({ pool, value }) => SENTENCES.alertQueueFilling(pool, percent(value)),
  rejections: ({ pool, value, minutes }) => SENTENCES.alertRejections(pool, value, minutes),
  run_timeouts: ({ pool, value, minutes }) => SENTENCES.alertRunTimeouts(value, pool, minutes),
  queue_timeouts: ({ pool, value, minutes }) => SENTENCES.alertQueueTimeouts(value, pool, minutes),
  failures: ({ pool, value, minutes }) => SENTENCES.alertFailures(percent(value), pool, minutes),
  thread_deaths: ({ pool, value, minutes }) => SENTENCES.alertThreadDeaths(value, pool, minutes),
  disk_free: ({ value }) => SENTENCES.alertDiskFree(mebibytes(value)),
  journal_lag: ({ value }) => SENTENCES.alertJournalLag(short(value)),
  journal: () => SENTENCES.alertJournal(),
  damage: () => SENTENCES.alertDamage(),
  held_up: ({ value }) => SENTENCES.alertHeldUp(short(value)),
};

const OTHERS: Readonly<Record<AlertComparator, (...parts: [string, string, string]) => string>> = {
  above: SENTENCES.alertAbove,
  at_least: SENTENCES.alertAtLeast,
  below: SENTENCES.alertBelow,
  at_most: SENTENCES.alertAtMost,
};

/** See the head of this file. */
export function alertText(rule: AlertRule, labels: Labels, value: number): string {
  if (isOriginal(rule)) {
    const minutes = short(rule.windowMs / 60_000);
    const say = TEXTS[rule.name as DefaultRuleName]; // it has its name
    return say({ pool: labels["pool"] ?? "", value: Number(short(value)), minutes });
  }
  const names = Object.entries(labels).filter(([name]) => name !== "pool_id")
    .map(([name, text]) => `${name}=${JSON.stringify(text)}`).join(", ");
  const what = `${rule.metric}${names === "" ? "" : `{${names}}`}`;
  const read = rule.reading === "value" ? what : `${rule.reading} of ${what}`;
  return OTHERS[rule.comparator](read, short(value), short(rule.threshold));
}

/** Whether the sentence of Lido's own rule of this name is still true of it. */
function isOriginal(rule: AlertRule): boolean {
  const original = DEFAULT_RULES.get(rule.name);
  if (original === undefined || original.comparator !== rule.comparator) return false;
  const { pool_id: _, pool: _name, ...labels } = rule.labels;
  const { windowMs, countMin } = original;
  return readsAlike(original, { ...rule, labels, windowMs, countMin });
}

/** Four digits are enough to read. */
function short(value: number): string {
  return String(Number(value.toPrecision(Math.abs(value) < 10_000 ? 4 : 15)));
}

function mebibytes(bytes: number): string {
  return String(Math.round(bytes / 1024 / 1024));
}

function percent(share: number): string {
  return short(share * 100);
}
