/** Every error in words, in each language: what its code means, whatever else its sentence says. */
import type { ErrorCode } from "../core/mod.ts";
import type { HttpErrorCode } from "./errors.ts";

/** What a code means. */
export interface ErrorText {
  readonly en: string;
  readonly zh: string;
}

/** See the head of this file: a code without its words does not compile. */
export const ERROR_TEXTS: Readonly<Record<ErrorCode | HttpErrorCode, ErrorText>> = {
  invalid_input: { en: "What was sent is not as it must be", zh: "发送的内容不符合要求" },
  invalid_json: { en: "The body is no JSON, or not as it must be", zh: "请求体不是有效的 JSON" },
  cursor_invalid: { en: "The cursor is none of this list", zh: "游标不属于此列表" },
  not_found: { en: "There is nothing at this address", zh: "此地址没有内容" },
  pool_not_found: { en: "No pool has this id", zh: "没有此编号的线程池" },
  task_not_found: {
    en: "No task has this id, or it is no longer kept",
    zh: "没有此编号的任务，或已不再保留",
  },
  task_type_not_found: { en: "No task type has this name", zh: "没有此名称的任务类型" },
  version_not_found: {
    en: "The pool's settings have no such version",
    zh: "线程池的设置没有此版本",
  },
  thread_not_found: { en: "The pool has no such thread", zh: "线程池没有此线程" },
  view_not_found: { en: "No view has this name", zh: "没有此名称的视图" },
  alert_not_found: { en: "No alert that fires has this id", zh: "没有此编号的触发中告警" },
  alert_rule_not_found: { en: "No alert rule has this name", zh: "没有此名称的告警规则" },
  alert_rule_limit_reached: {
    en: "There are as many alert rules as there may be",
    zh: "告警规则数量已达上限",
  },
  pool_closed: { en: "The pool takes nothing new", zh: "线程池不再接收任务" },
  pool_busy: { en: "The pool has tasks", zh: "线程池中还有任务" },
  pool_limit_reached: { en: "As many pools are open as there may be", zh: "打开的线程池已达上限" },
  version_conflict: {
    en: "The settings are no longer the version that was meant",
    zh: "设置已不是所指的版本",
  },
  view_limit_reached: { en: "There are as many views as there may be", zh: "视图数量已达上限" },
  queue_full: { en: "The pool's queue is full", zh: "线程池的队列已满" },
  task_not_cancellable: { en: "The task has begun or ended", zh: "任务已开始或已结束" },
  task_not_stoppable: { en: "The task has ended", zh: "任务已结束" },
  task_not_changeable: {
    en: "The task no longer waits for its turn, or cannot leave its pool",
    zh: "任务已不在排队，或不能离开其线程池",
  },
  task_dropped: { en: "The task was dropped for others", zh: "任务已为其他任务让位而被丢弃" },
  task_type_broken: { en: "The task type's file cannot be loaded", zh: "任务类型的文件无法加载" },
  idempotency_conflict: {
    en: "The idempotency key came with another submission",
    zh: "幂等键已用于另一个提交",
  },
  illegal_transition: { en: "The task is in no state for this", zh: "任务的状态不允许此操作" },
  server_closing: { en: "The server is shutting down", zh: "服务器正在关闭" },
  thread_start_failed: { en: "A thread could not be started", zh: "无法启动线程" },
  budget_exhausted: {
    en: "The server has as many threads as it may",
    zh: "服务器的线程数已达上限",
  },
  journal_unavailable: { en: "The journal cannot be read or written now", zh: "日志暂时无法读写" },
  journal_corrupt: { en: "The journal is damaged", zh: "日志已损坏" },
  backup_running: { en: "Another backup is under way", zh: "另一个备份正在进行" },
  data_folder_locked: {
    en: "Another process has the data folder",
    zh: "数据文件夹被另一个进程占用",
  },
  data_folder_unusable: { en: "The data folder cannot be used", zh: "数据文件夹无法使用" },
  cross_site_request: { en: "Another site made this request", zh: "此请求来自其他网站" },
  method_not_allowed: { en: "This cannot be done at this address", zh: "此地址不支持该方法" },
  request_timeout: { en: "The request came too slowly", zh: "请求发送过慢" },
  body_too_large: { en: "The body is too large", zh: "请求体过大" },
  unsupported_media_type: {
    en: "The body is of another type than taken",
    zh: "不支持此类型的请求体",
  },
  misdirected_request: { en: "The host is not this server's", zh: "主机名不属于此服务器" },
  too_many_streams: { en: "As many streams are open as there may be", zh: "打开的事件流已达上限" },
  internal_error: {
    en: "The server made a mistake; its log has more",
    zh: "服务器内部错误，详见其日志",
  },
};
