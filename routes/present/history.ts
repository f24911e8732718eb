import type { GaugeSpan, History, HistoryMarker, HistoryPoint } from "../../core/mod.ts";
import { presentTime } from "./time.ts";
import { JsonText } from "./write_json.ts";

/** Points as they were written: whoever watches asks for the same ones again until there are more. */
const written = new WeakMap<readonly HistoryPoint[], JsonText>();

/** A history as the wire has it. */
export function presentHistory(history: History): Record<string, unknown> {
  return {
    pool_id: history.poolId,
    task_type: history.type,
    step_s: history.stepS,
    since: presentTime(history.fromMs),
    until: presentTime(history.toMs),
    points: presentPoints(history.points),
    markers: history.markers.map(presentMarker),
  };
}

function presentPoints(points: readonly HistoryPoint[]): JsonText {
  const before = written.get(points);
  if (before !== undefined) return before;
  const text = new JsonText(JSON.stringify(points.map(presentPoint)));
  written.set(points, text);
  return text;
}

function presentPoint(point: HistoryPoint): Record<string, unknown> {
  const { counts, seconds, gauges } = point;
  const rate = (count: number) => seconds === 0 ? 0 : count / seconds;
  return {
    at: presentTime(point.atMs),
    is_finished: point.isFinished,
    seconds,
    submitted_tasks: counts.submitted,
    completed_tasks: counts.completed,
    failed_tasks: counts.failed,
    cancelled_tasks: counts.cancelled,
    timed_out_tasks: counts.timedOut,
    queue_timed_out_tasks: counts.queueTimedOut,
    rejected_tasks: counts.rejected,
    tasks_per_second: {
      submitted: rate(counts.submitted),
      completed: rate(counts.completed),
      failed: rate(counts.failed),
      cancelled: rate(counts.cancelled),
      timed_out: rate(counts.timedOut),
      queue_timed_out: rate(counts.queueTimedOut),
      rejected: rate(counts.rejected),
    },
    busy_ms: point.busyMs,
    pending_tasks: presentSpan(gauges?.pending),
    running_tasks: presentSpan(gauges?.running),
    busy_workers: presentSpan(gauges?.busyThreads),
    workers: presentSpan(gauges?.threads),
    max_workers: presentSpan(gauges?.maxThreads),
    zombies: presentSpan(gauges?.zombies),
    oldest_wait_ms: presentSpan(gauges?.oldestWaitMs),
    wait_ms: point.wait,
    run_ms: point.run,
  };
}

function presentSpan(span: GaugeSpan | undefined): GaugeSpan | null {
  return span === undefined ? null : { mean: span.mean, max: span.max };
}

function presentMarker(marker: HistoryMarker): Record<string, unknown> {
  const at = presentTime(marker.atMs);
  if (marker.kind === "start") return { kind: marker.kind, at, was_closed: marker.wasClosed };
  const { kind, poolId, version, author, reason } = marker;
  return { kind, at, pool_id: poolId, settings_version: version, author, reason };
}
