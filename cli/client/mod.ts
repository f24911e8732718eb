/**
 * A client of Lido's JSON API for programs: the commands use it, too. It needs nothing but `fetch`, so
 * it runs in browsers as well. `docs/client.md` shows how.
 */
export { LidoClient, type PoolAction, type TaskListQuery } from "./client.ts";
export {
  ApiError,
  ClientError,
  NotLidoError,
  TaskError,
  UnreachedError,
  type WireFault,
} from "./errors.ts";
export { DEFAULT_URL, type HttpClientOptions } from "./http_client.ts";
export type {
  Definition,
  InputOf,
  ResultOf,
  Submission,
  TaskTypes,
  TypesOf,
} from "./task_types.ts";
export type {
  Answer,
  WireAlert,
  WireAlertChannel,
  WireAlertRule,
  WireBrokenFile,
  WireBulk,
  WireDelivery,
  WireFinding,
  WireHealth,
  WireLogLevel,
  WireLogLine,
  WireOutlook,
  WirePagination,
  WirePercentiles,
  WirePool,
  WireResizeInfo,
  WireRunning,
  WireSettingsVersion,
  WireTask,
  WireTaskType,
  WireWorker,
} from "./wire.ts";
