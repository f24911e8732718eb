/** A pool's room as the autoscaler sees it. */
import type { SizeSuggestion } from "./model/sizing.ts";
import type { PoolRoom } from "./pool_room.ts";
import type { ScaledPool } from "./sizing/autoscaler.ts";

/** `resize` puts a size on record, if the settings still are that version. */
export function scaledRoom(
  room: PoolRoom,
  resize: (suggestion: SizeSuggestion, settingsVersion: number) => Promise<void>,
): ScaledPool {
  const { id, threads, settings, settingsVersion, oldestWaitMs } = room;
  return {
    id,
    settings,
    settingsVersion,
    isWell: room.state === "running" && threads.startProblem === null,
    ranTasks: threads.trace.recorded,
    pendingTasks: room.engine.counts(id).pending,
    oldestWaitMs,
    advise: () => room.adviser.adviseNow(),
    resize: (suggestion) => resize(suggestion, settingsVersion),
  };
}
