/** Words on a page that are of another language than the page's. */
import type { LanguageCode } from "../../views/i18n/language.ts";
import { labelOf } from "../../routes/present/form.ts";
import type { BusyWorld } from "./busy_world.ts";

/** Names, units, formats, and what is typed as code: they are the same in every language. */
const SAME_WORDS: ReadonlySet<string> = new Set(
  `Lido JSON NDJSON CSV API curl Web Worker UTC
  ms MB MiB p50 p95 p99
  process thread reject wait drop_oldest fsync relaxed memory info warning off suggest apply
  Webhook Slack URL none starttls tls HTTP
  state failed pool default type sleep tag nightly args user id priority attempt run since m
  task_type task_name tags
  increase share pending pool_id zombie`.split(/\s+/),
);

/** Texts that have words of another language, without those words that `names` has. */
export function findStrange(
  texts: readonly string[],
  language: LanguageCode,
  names: readonly string[],
): readonly string[] {
  if (language === "en") return texts.filter((text) => /\p{Script=Han}/u.test(text));
  const longestFirst = names.toSorted((one, other) => other.length - one.length);
  return texts.filter((text) => {
    const rest = longestFirst.reduce(
      (left, name) => left.replaceAll(name, ""),
      text.replaceAll(/\{\w+\}|[0-9a-f]{8}-[0-9a-f-]{27}/g, ""),
    );
    const words = rest.match(/\p{Script=Latin}[\p{Script=Latin}\p{N}_]*/gu) ?? [];
    return words.some((word) => !SAME_WORDS.has(word));
  });
}

/** How somebody called pools, tasks, types and rules, and how metrics are called. */
export async function namesIn({ manager }: BusyWorld): Promise<readonly string[]> {
  const { tasks } = await manager.listTasks({}, { page: 1, perPage: 100 });
  return [
    ...manager.listPools().map(({ settings }) => settings.name),
    ...tasks.flatMap(({ name, tags }) => [name, ...tags]),
    ...manager.listTaskTypes().map(({ name }) => name),
    ...manager.listViews().map(({ name }) => name),
    ...manager.readMetrics().map(({ name }) => name),
    ...manager.channels.listChannels().map(({ name }) => name),
    ...manager.channels.listDeliveries().map(({ outcome }) => outcome),
    ...manager.alerts.listRules().filter(({ isDefault }) => !isDefault).map(({ rule }) =>
      rule.name
    ),
  ];
}

/** What task types say of themselves: their forms have these words. */
export function wordsOfTypes({ manager }: BusyWorld): readonly string[] {
  return manager.listTaskTypes().flatMap(({ description, inputSchema }) => [
    description,
    ...wordsIn(inputSchema),
  ]);
}

function wordsIn(schema: unknown): readonly string[] {
  if (typeof schema === "string") return [schema];
  if (typeof schema !== "object" || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]) => [labelOf(key), ...wordsIn(value)]);
}
