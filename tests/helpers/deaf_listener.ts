import type { RecordListener } from "../../core/engine/local/task_record.ts";

/** A listener of records that does nothing, with the given differences. */
export function deafListener(
  differences: Pick<RecordListener, "clock"> & Partial<RecordListener>,
): RecordListener {
  return {
    traces: undefined,
    moved() {},
    ended() {},
    endWritten() {},
    endApplied() {},
    cameBack() {},
    logged() {},
    noted() {},
    ...differences,
  };
}
