/**
 * A metric as it is at one moment, in the form that monitors know: a name, what it means, and a number
 * for each set of labels. Nothing is counted here: families are read from what is counted anyway.
 */
import { setImmediate } from "node:timers/promises";
import type { Metric } from "prom-client";

/** Labels by their names. */
export type Labels = Readonly<Record<string, string>>;

/** One number. */
export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

/** One histogram. */
export interface HistogramSample {
  readonly labels: Labels;
  /** How many values were at most as large as each of the family's bounds. */
  readonly cumulative: readonly number[];
  readonly count: number;
  /** In the unit of the bounds. */
  readonly sum: number;
}

/** What only grows while the server lives, or what goes up and down. */
export interface NumberFamily {
  readonly kind: "counter" | "gauge";
  /** Ends with its unit; a counter with `_total`. */
  readonly name: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

/** How values are spread. */
export interface HistogramFamily {
  readonly kind: "histogram";
  readonly name: string;
  readonly help: string;
  /** Upper bounds, growing. */
  readonly bounds: readonly number[];
  readonly samples: readonly HistogramSample[];
}

/** See the head of this file. */
export type MetricFamily = NumberFamily | HistogramFamily;

/** Metrics as text, and the media type of that. */
export interface Exposition {
  readonly contentType: string;
  readonly text: string;
}

/**
 * Writes families in the text format of Prometheus, one at a time: others have their turn in between.
 * The library is loaded with the first call: it takes 19 MB, and not every server is scraped.
 */
export async function expose(families: readonly MetricFamily[]): Promise<Exposition> {
  const { Registry } = await import("prom-client");
  const parts: string[] = [];
  for (const family of families) {
    if (family.samples.length === 0) continue;
    const registry = new Registry();
    registry.registerMetric(metricOf(family));
    parts.push(await registry.getSingleMetricAsString(family.name));
    await setImmediate();
  }
  return { contentType: Registry.PROMETHEUS_CONTENT_TYPE, text: `${parts.join("\n\n")}\n` };
}

/** What the library asks of a metric; its types name its own classes, which count themselves. */
function metricOf(family: MetricFamily): Metric {
  const { kind: type, name, help } = family;
  const values = family.kind === "histogram" ? [...bucketValues(family)] : family.samples;
  const metric = { type, name, help, get: () => Promise.resolve({ type, name, help, values }) };
  return metric as unknown as Metric;
}

function* bucketValues({ name, bounds, samples }: HistogramFamily) {
  for (const { labels, cumulative, count, sum } of samples) {
    for (const [at, bound] of bounds.entries()) {
      const le = String(bound);
      yield { labels: { ...labels, le }, value: cumulative[at], metricName: `${name}_bucket` };
    }
    yield { labels: { ...labels, le: "+Inf" }, value: count, metricName: `${name}_bucket` };
    yield { labels, value: sum, metricName: `${name}_sum` };
    yield { labels, value: count, metricName: `${name}_count` };
  }
}
