/** Reads of metrics what a rule compares: a number for each series that the rule is about. */
import { isDeepStrictEqual } from "node:util";
import type { AlertRule } from "../../model/alert.ts";
import type { HistogramFamily, Labels, MetricFamily } from "../metrics/family.ts";
import { nothingAt, Track, type TrackPoint } from "./track.ts";

/** What a series says. */
export interface SeriesReading {
  /** See {@link seriesKey}. */
  readonly key: string;
  readonly labels: Labels;
  /** Null: too little came to judge it. */
  readonly value: number | null;
}

/** Which fields of a rule say what is read. */
const READ_FIELDS = ["metric", "labels", "reading", "part", "countMin", "windowMs"] as const;

/** Whether two rules read the same. */
export function readsAlike(one: AlertRule, other: AlertRule): boolean {
  return READ_FIELDS.every((field) => isDeepStrictEqual(one[field], other[field]));
}

/** See the head of this file. */
export class RuleReader {
  readonly #rule: AlertRule;
  #tracks: Map<string, Track> | undefined;

  constructor(rule: AlertRule) {
    this.#rule = rule;
  }

  /** Reads all series; `nowMs` is of the monotonic clock. */
  read(family: MetricFamily | undefined, nowMs: number): readonly SeriesReading[] {
    if (family === undefined) return [];
    const { reading } = this.#rule;
    if (reading === "value") return family.kind === "histogram" ? [] : this.#values(family);
    const isHistogram = family.kind === "histogram";
    if (isHistogram !== (reading === "p95" || reading === "p99")) return [];
    const grown = this.#grown(family, nowMs);
    if (family.kind === "histogram") return grown.map((one) => this.#percentile(family, one));
    if (reading === "share") return this.#shares(grown);
    return grown.map(({ key, labels, total }) => ({ key, labels, value: total }));
  }

  #values(family: Exclude<MetricFamily, HistogramFamily>): readonly SeriesReading[] {
    return family.samples.filter(({ labels }) => hasLabels(labels, this.#rule.labels))
      .map(({ labels, value }) => ({ key: seriesKey(labels), labels, value }));
  }

  /** What came to each series within the window. One that comes later began with nothing. */
  #grown(family: MetricFamily, atMs: number): readonly Grown[] {
    const { labels: wanted, windowMs } = this.#rule;
    const before = this.#tracks;
    const tracks = new Map<string, Track>();
    const grown = pointsOf(family, atMs).filter(({ labels }) => hasLabels(labels, wanted))
      .map(({ labels, point }) => {
        const key = seriesKey(labels);
        const begin = before === undefined ? point : nothingAt(atMs);
        const track = before?.get(key) ?? new Track(windowMs, begin);
        tracks.set(key, track);
        return { key, labels, ...track.increase(point) };
      });
    this.#tracks = tracks; // those of series that ended are let go
    return grown;
  }

  #percentile(
    { bounds }: HistogramFamily,
    { key, labels, total, cumulative }: Grown,
  ): SeriesReading {
    const share = this.#rule.reading === "p95" ? 0.95 : 0.99;
    const isEnough = total >= this.#rule.countMin;
    const value = isEnough ? percentileOf(bounds, cumulative, total * share) : null;
    return { key, labels, value };
  }

  /** Of series that differ in the labels of the part alone. */
  #shares(grown: readonly Grown[]): readonly SeriesReading[] {
    const { part, countMin } = this.#rule;
    const sums = new Map<string, { labels: Labels; part: number; whole: number }>();
    for (const { labels, total } of grown) {
      const others = Object.fromEntries(
        Object.entries(labels).filter(([name]) => !Object.hasOwn(part, name)),
      );
      const key = seriesKey(others);
      const sum = sums.get(key) ?? { labels: others, part: 0, whole: 0 };
      sum.whole += total;
      if (hasLabels(labels, part)) sum.part += total;
      sums.set(key, sum);
    }
    return [...sums].map(([key, sum]) => ({
      key,
      labels: sum.labels,
      value: sum.whole >= countMin ? sum.part / sum.whole : null,
    }));
  }
}

/** A series and what came to it. */
interface Grown {
  readonly key: string;
  readonly labels: Labels;
  readonly total: number;
  readonly cumulative: readonly number[];
}

function pointsOf(
  family: MetricFamily,
  atMs: number,
): readonly { readonly labels: Labels; readonly point: TrackPoint }[] {
  return family.kind === "histogram"
    ? family.samples.map(({ labels, count: total, cumulative }) => {
      return { labels, point: { atMs, total, cumulative } };
    })
    : family.samples.map(({ labels, value: total }) => {
      return { labels, point: { atMs, total, cumulative: [] } };
    });
}

/** Tells a series from others of its metric; the name of a pool, which can change, is not in it. */
export function seriesKey(labels: Labels): string {
  const isOfPool = labels["pool_id"] !== undefined;
  let key = "";
  for (const name in labels) {
    if (!isOfPool || name !== "pool") key += `${name}=${labels[name]}\0`;
  }
  return key;
}

function hasLabels(labels: Labels, wanted: Labels): boolean {
  return Object.entries(wanted).every(([name, value]) =>
    Object.hasOwn(labels, name) && labels[name] === value
  );
}

/** Straight between a bucket's edges; the last bound for what is beyond it. */
function percentileOf(
  bounds: readonly number[],
  cumulative: readonly number[],
  rank: number,
): number {
  const at = cumulative.findIndex((count) => count >= rank);
  if (at < 0) return bounds.at(-1) ?? 0;
  const [low, below] = at === 0 ? [0, 0] : [bounds[at - 1] ?? 0, cumulative[at - 1] ?? 0];
  const [high, upTo] = [bounds[at] ?? 0, cumulative[at] ?? 0];
  return upTo === below ? high : low + (high - low) * (rank - below) / (upTo - below);
}
