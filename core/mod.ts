/** The door of core: all that routes, commands and programs may use. */
export { Config } from "./config.ts";
export {
  BULK_ACTIONS,
  type BulkAction,
  BulkOperations,
  type BulkOrder,
  type BulkResult,
  type BulkSelection,
  type BulkSnapshot,
  type BulkTarget,
} from "./bulk.ts";
export type { ChangeNote } from "./engine/engine.ts";
export { Manager, type ManagerOptions, type SubmitOptions } from "./manager.ts";
export {
  AttemptError,
  DirectPool,
  type DirectPoolOptions,
  type RunOptions,
} from "./execution/direct_pool.ts";
export {
  backUpFolder,
  checkBackup,
  checkFolder,
  restoreFolder,
} from "./engine/local/journal/offline.ts";
export type { Restored } from "./engine/local/journal/restore.ts";
export type { JournalCopy } from "./engine/local/journal/upkeep.ts";
export { runSelfTest } from "./execution/self_test.ts";
export { JSON_DEPTH_MAX } from "./model/json.ts";
export { TransientMap } from "./model/transient_map.ts";
export { type Clock, systemClock } from "./model/clock.ts";
export { LogLevel, LogLevelChange, type LogLevelState } from "./model/log_level.ts";
export type { EventBatch, EventFilter, LiveEvent } from "./model/live_event.ts";
export {
  expose,
  type Exposition,
  type HistogramFamily,
  type HistogramSample,
  type Labels,
  type MetricFamily,
  type NumberFamily,
  type Sample,
} from "./observation/metrics/family.ts";
export { BOUNDS_S } from "./observation/metrics/buckets.ts";
export { openTraces } from "./observation/traces/open_traces.ts";
export type { Traces } from "./observation/traces/traces.ts";
export { EventFeed } from "./observation/event_feed.ts";
export { type RequestIds, withRequest } from "./observation/logging.ts";
export { ALERT_CHANNELS_MAX, AlertChannel } from "./model/alert_channel.ts";
export type { Delivery } from "./model/alert_delivery.ts";
export {
  Alert,
  AlertComparator,
  AlertId,
  type AlertPage,
  type AlertPageRequest,
  AlertReading,
  AlertRule,
  type AlertRuleChanges,
  type AlertRuleSnapshot,
  AlertSeverity,
} from "./model/alert.ts";
export type { AlertNotice } from "./model/alert_notice.ts";
export { ChannelBook } from "./observation/alerts/channels/channel_book.ts";
export { Alerts, type AlertsOptions } from "./observation/alerts/alerts.ts";
export { DEFAULT_RULES, type DefaultRuleName } from "./observation/alerts/default_rules.ts";
export { type SavedView, View, VIEWS_MAX } from "./model/saved_view.ts";
export { StoredText } from "./model/stored_text.ts";
export { readTraceparent, type SpanPlace } from "./model/traceparent.ts";
export { VERSION } from "./model/version.ts";
export { readSentence, type Said, type SentenceName } from "./model/sentences.ts";
export {
  ERROR_CODES,
  type ErrorCode,
  type ErrorDetails,
  type Fault,
  LidoError,
  messageOf,
} from "./model/errors.ts";
export {
  type GaugeSpan,
  type History,
  HISTORY_COUNTS,
  HISTORY_GAUGES,
  type HistoryCount,
  type HistoryGauge,
  type HistoryMarker,
  type HistoryPoint,
  type HistoryRequest,
  type RecentStep,
} from "./model/history.ts";
export {
  AUTOSCALE_AUTHOR,
  type SizeOutlook,
  type SizeSuggestion,
  type SizingAdvice,
} from "./model/sizing.ts";
export {
  Autoscale,
  autoscaleCeiling,
  differencesOf,
  Durability,
  Isolation,
  type Percentiles,
  Permissions,
  POOL_THREADS_MAX,
  type PoolChanges,
  PoolId,
  PoolSettings,
  type PoolSettingsInput,
  type PoolSnapshot,
  type PoolState,
  Rejection,
  type ResizeInfo,
  schemaOfChange,
  type SettingsDifference,
  type SettingsVersion,
  SLOT_STATES,
  type SlotSnapshot,
  StoredPoolSettings,
} from "./model/pool.ts";
export {
  type Health,
  HEALTH_ALERTS,
  type HealthAlert,
  type HealthAlertKind,
  type SelfTestFinding,
  type SystemStats,
} from "./model/system.ts";
export {
  ATTEMPT_LINE_CHARS_MAX,
  ATTEMPT_LINES_MAX,
  type AttemptEntry,
  BATCH_MAX,
  type InputCondition,
  type LogEntry,
  type Range,
  Tag,
  TaskChange,
  type TaskEventEntry,
  type TaskFilter,
  TaskId,
  type TaskPage,
  type TaskSnapshot,
  type TaskStatus,
  TaskSubmission,
} from "./model/task.ts";
export { isFinal, TASK_STATES, type TaskState } from "./model/task_state.ts";
export type { BrokenTaskFile, TaskType } from "./model/task_type.ts";
export {
  SHARE_WINDOWS_S,
  type ShareWindowS,
  type TypeShare,
  type TypeShares,
} from "./model/type_share.ts";
