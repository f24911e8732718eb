/**
 * What tasks would have waited, had their pool had another size: they come again when they came, run
 * again for as long as they ran, and begin in the order in which they came (G/G/c, first come, first
 * served). Formulas of averages cannot tell that: twenty tasks that come at once need more threads
 * than twenty that come one by one, at the same rate.
 */
import type { Load } from "../execution/load_trace.ts";

/** The share of tasks whose waits count: advice is about the p95. */
const SHARE = 0.95;

/** What each task would have waited if so many could run at a time, in milliseconds. */
export function replayWaits({ arrivedMs, runMs }: Load, servers: number): Float64Array {
  const freeAtMs = new Float64Array(servers).fill(-Infinity); // a heap: the first is free first
  const waitsMs = new Float64Array(arrivedMs.length);
  for (let index = 0; index < waitsMs.length; index++) {
    const cameMs = arrivedMs[index] ?? 0;
    const beginMs = Math.max(cameMs, freeAtMs[0] ?? 0);
    waitsMs[index] = beginMs - cameMs;
    replaceFirst(freeAtMs, beginMs + (runMs[index] ?? 0));
  }
  return waitsMs;
}

/** Whether the p95 of waits is within a limit; quicker than {@link p95Of}. */
export function isP95Within(waitsMs: Float64Array, limitMs: number): boolean {
  const allowed = waitsMs.length - rankOf(waitsMs.length);
  let longer = 0;
  for (const waitMs of waitsMs) if (waitMs > limitMs) longer++;
  return longer <= allowed;
}

/** What 95 of 100 wait at the most; 0 of none. */
export function p95Of(waitsMs: Float64Array): number {
  return waitsMs.toSorted()[rankOf(waitsMs.length) - 1] ?? 0;
}

function rankOf(count: number): number {
  return Math.ceil(count * SHARE);
}

/** Puts another value in the place of the least, and lets it sink. */
function replaceFirst(heap: Float64Array, value: number): void {
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if ((heap[child + 1] ?? Infinity) < (heap[child] ?? Infinity)) child++;
    if ((heap[child] ?? Infinity) >= value) break;
    heap[at] = heap[child] ?? 0;
    at = child;
  }
  heap[at] = value;
}
