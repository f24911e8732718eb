import type { Manager } from "../core/mod.ts";
import type { FieldNames } from "./api/wire.ts";

/** What of the manager the routes use: a test can stand in for it. */
export type RoutedManager = Pick<
  Manager,
  | "createPool"
  | "listPools"
  | "getPool"
  | "findPoolName"
  | "changePool"
  | "resizePool"
  | "readResizeInfo"
  | "revertPool"
  | "recyclePool"
  | "pausePool"
  | "resumePool"
  | "closePool"
  | "forceClosePool"
  | "cancelPending"
  | "submit"
  | "submitBatch"
  | "checkSubmission"
  | "getTask"
  | "listTasks"
  | "cancelTask"
  | "stopTask"
  | "changeTask"
  | "waitForTask"
  | "readLogs"
  | "readEvents"
  | "readAttempts"
  | "listSettingsVersions"
  | "listTaskTypes"
  | "listBrokenTaskFiles"
  | "getTaskType"
  | "getStats"
  | "getTypeShares"
  | "getHistory"
  | "getRecent"
  | "getRevision"
  | "submitAgain"
  | "bulk"
  | "events"
  | "alerts"
  | "channels"
  | "listViews"
  | "saveView"
  | "removeView"
  | "getLogLevel"
  | "setLogLevel"
  | "getHealth"
  | "readMetrics"
  | "getSelfTest"
  | "checkJournal"
  | "backUp"
>;

/** What middleware leaves for the handlers behind it. */
export interface AppEnv {
  Variables: {
    /** Goes into the answer's `X-Request-Id` and beside the error in the log. */
    requestId: string;
    /** The whole body, read and measured before any handler; empty when there is none. */
    body: Uint8Array;
    /** The span that the request is part of, as its header `traceparent` has it; null when there is none. */
    traceparent: string | null;
    /** How the resource's fields are called on the wire: faults are renamed by it. */
    fields: FieldNames | undefined;
  };
}
