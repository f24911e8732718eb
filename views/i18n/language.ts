/** A language as the pages use it: its words, and how it writes numbers, times and durations. */
import type { Said } from "../../core/mod.ts";
import { en, type Words } from "./en.ts";
import { zh } from "./zh.ts";
import { type FaultText, zhFaults } from "./zh_faults.ts";
import { type Sentences, zhSentences } from "./zh_sentences.ts";

/** The languages that there are. */
export const LANGUAGES = { en, zh } as const satisfies Record<string, Words>;
/** A language's code. */
export type LanguageCode = keyof typeof LANGUAGES;

/** What core says of a task; English is what it is kept in. */
const SENTENCES: Readonly<Record<LanguageCode, Sentences | null>> = { en: null, zh: zhSentences };
/** What schemas say of a field; English is what they say it in. */
const FAULTS: Readonly<Record<LanguageCode, readonly FaultText[]>> = { en: [], zh: zhFaults };
const LOCALES: Readonly<Record<LanguageCode, string>> = { en: "en-GB", zh: "zh-CN" };
const UNITS = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
] as const;

/** Formatters are costly to make: once for each language. */
class Formats {
  readonly number: Intl.NumberFormat;
  readonly compact: Intl.NumberFormat;
  readonly percent: Intl.NumberFormat;
  readonly time: Intl.DateTimeFormat;
  readonly units: ReadonlyMap<string, Intl.NumberFormat>;

  constructor(locale: string) {
    this.number = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
    this.compact = new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 1 });
    this.percent = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 });
    this.time = new Intl.DateTimeFormat(locale, {
      dateStyle: "medium",
      timeStyle: "medium",
      timeZone: "UTC",
    });
    const names = ["day", "hour", "minute", "second", "millisecond", "megabyte"];
    this.units = new Map(names.map((unit) => [
      unit,
      new Intl.NumberFormat(locale, {
        style: "unit",
        unit,
        unitDisplay: unit === "megabyte" ? "short" : "narrow",
        maximumFractionDigits: unit === "second" ? 1 : 0,
      }),
    ]));
  }
}

const FORMATS = new Map(
  Object.entries(LOCALES).map(([code, locale]) => [code, new Formats(locale)]),
);

/** See the head of this file. Times are relative to `nowMs`. */
export class Language {
  readonly t: Words;
  readonly #formats: Formats;
  /** Times by their seconds: on one page many are the same. */
  readonly #times = new Map<number, string>();

  constructor(readonly code: LanguageCode, readonly nowMs: number) {
    this.t = LANGUAGES[code];
    this.#formats = FORMATS.get(code) ?? new Formats(LOCALES[code]);
  }

  /** A whole or broken number, with all its digits. */
  number(value: number): string {
    return this.#formats.number.format(value);
  }

  /** A count in few letters, as 12K. */
  count(value: number): string {
    return value < 10_000 ? this.number(value) : this.#formats.compact.format(value);
  }

  /** A share from 0 to 1. */
  percent(share: number): string {
    return this.#formats.percent.format(share);
  }

  /** Mebibytes, called megabytes. */
  megabytes(bytes: number): string {
    return this.#unit("megabyte", bytes / 1_048_576);
  }

  /** A duration in its two largest units. */
  duration(ms: number): string {
    if (ms < 1_000) return this.#unit("millisecond", Math.round(ms));
    if (ms < 60_000) return this.#unit("second", Math.floor(ms / 100) / 10);
    const at = UNITS.findIndex(([, unitMs]) => ms >= unitMs);
    const parts: string[] = [];
    let left = ms;
    for (const [unit, unitMs] of UNITS.slice(at, at + 2)) {
      const whole = Math.floor(left / unitMs);
      if (whole > 0) parts.push(this.#unit(unit, whole));
      left -= whole * unitMs;
    }
    return parts.join(" ");
  }

  /** How long ago, or how soon, a time is. */
  ago(atMs: number): string {
    const pastMs = this.nowMs - atMs;
    if (pastMs < 0) return this.t.time.in(this.duration(-pastMs));
    return this.t.time.ago(
      this.duration(pastMs < 1_000 ? pastMs : Math.floor(pastMs / 1_000) * 1_000),
    );
  }

  /** A sentence of core's, of which `text` is the English. */
  sentence(text: string, { name, parts }: Said): string {
    return SENTENCES[this.code]?.[name](...parts) ?? text;
  }

  /** What is wrong with a field, of which `text` is the English. */
  fault(text: string): string {
    for (const [told, say] of FAULTS[this.code]) {
      const found = told.exec(text);
      if (found !== null) return say(...found.slice(1));
    }
    return text;
  }

  /** A time in full, in UTC. */
  time(atMs: number): string {
    const second = Math.floor(atMs / 1_000);
    let text = this.#times.get(second);
    if (text === undefined) {
      text = `${this.#formats.time.format(atMs)} UTC`;
      this.#times.set(second, text);
    }
    return text;
  }

  #unit(unit: string, value: number): string {
    return this.#formats.units.get(unit)?.format(value) ?? String(value);
  }
}
