/** Which pools somebody uses: nobody wants to be told of the others. */
import type { MetricFamily } from "../metrics/family.ts";
import { nothingAt, Track } from "./track.ts";

/** A pool that took a task within this time is in use. */
const USE_WINDOW_MS = 300_000;

/** See the head of this file. */
export class PoolUse {
  #tracks: Map<string, Track> | undefined;

  /** Ids of pools that took a task lately, have one that has not ended, or a thread that never ends. */
  look(families: ReadonlyMap<string, MetricFamily>, atMs: number): ReadonlySet<string> {
    const used = new Set<string>();
    const before = this.#tracks;
    const tracks = new Map<string, Track>();
    for (const [poolId, total] of seriesOf(families.get("lido_tasks_submitted_total"))) {
      const point = { atMs, total, cumulative: [] };
      const begin = before === undefined ? point : nothingAt(atMs);
      const track = before?.get(poolId) ?? new Track(USE_WINDOW_MS, begin);
      tracks.set(poolId, track);
      if (track.increase(point).total > 0) used.add(poolId);
    }
    this.#tracks = tracks;
    for (const [poolId, value] of seriesOf(families.get("lido_tasks"))) {
      if (value > 0) used.add(poolId);
    }
    for (const [poolId, value] of seriesOf(families.get("lido_pool_threads"), "zombie")) {
      if (value > 0) used.add(poolId);
    }
    return used;
  }
}

/** Values of pools, of those with a state only if one is given. */
function* seriesOf(
  family: MetricFamily | undefined,
  state?: string,
): Generator<readonly [poolId: string, value: number]> {
  if (family === undefined || family.kind === "histogram") return;
  for (const { labels, value } of family.samples) {
    if (state === undefined || labels["state"] === state) yield [labels["pool_id"] ?? "", value];
  }
}
