/** What Lido says of a task or an alert, in Chinese. */
import type { SentenceName } from "../../core/mod.ts";

/** What core says in English, in another language; each gets the same parts in the same order. */
export type Sentences = Readonly<Record<SentenceName, (...parts: string[]) => string>>;

/** See the head of this file. */
export const zhSentences: Sentences = {
  endIsBeingWritten: () => "正在写入其结果",
  oneOfMany: (waiting) => `它是 ${waiting} 个等待任务之一`,
  nextOnThread: (slot) => `它是线程 ${slot} 的下一个任务`,
  poolIsPaused: () => "线程池已暂停",
  journalIsAwaited: () => "日志不接受写入：不会开始任何任务",
  threadIsStarting: () => "正在启动线程",
  threadsAreBusy: (threads) => `全部 ${threads} 个线程都在忙`,
  threadsAreBusyForOthers: (threads, others) =>
    `全部 ${threads} 个线程都在忙，另有 ${others} 个任务在等待`,
  threadCannotStart: (reason) => `无法启动线程：${reason}`,

  cancelledBeforeItBegan: () => "在开始之前被取消",
  askedToStop: () => "被要求停止",
  allWaitingCancelled: () => "线程池的所有等待任务都被取消",
  poolWasClosed: () => "线程池已关闭",
  poolWasForceClosed: () => "线程池被强制关闭",
  poolWasClosedMeanwhile: () => "任务写入期间线程池已关闭",
  droppedForRoom: () => "已丢弃：队列已满，而此任务等待最久",
  keptInMemory: () => "该线程池的任务只保存在内存中，而服务器已重启",
  serverWasShutDown: () => "服务器已关闭",
  shutDownBeforeOutcome: () => "在得知其结果之前服务器已关闭",
  serverDied: (deaths, most) => `运行时服务器崩溃（第 ${deaths} 次，最多 ${most} 次）`,
  endedItself: () => "它自行结束",
  priorityChanged: (from, to) => `优先级由 ${from} 改为 ${to}`,
  movedToPool: (from, to) => `由线程池 ${from} 移至 ${to}`,

  poisonous: (deaths) => `此任务运行时服务器崩溃了 ${deaths} 次，因此不再运行`,
  ranTooLong: (limitMs) => `运行时间超过允许的 ${limitMs} 毫秒`,
  waitedTooLong: (limitMs) => `等待时间超过允许的 ${limitMs} 毫秒`,
  usedTooMuchMemory: (mebibytes) => `使用的内存超过允许的 ${mebibytes} MiB`,
  threadIsGone: (reason) => `线程已不存在：${reason}`,
  threadDidNotAnswer: () => "启动后没有应答",
  threadStoppedAnswering: () => "停止应答，已被终止",
  endedBySignal: (signal) => `被信号 ${signal} 终止`,
  sizeAdvised: (rate, runMs, busy, size, percent, waitMs, targetMs) =>
    `每秒 ${rate} 个任务，每个运行 ${runMs} 毫秒，平均占用 ${busy} 个线程。有 ${size} 个线程时，${percent}% 的时间在忙，95% 的任务最多等待 ${waitMs} 毫秒；允许 ${targetMs} 毫秒`,
  sizeFallsShort: (rate, runMs, busy, size, percent, waitMs, targetMs) =>
    `每秒 ${rate} 个任务，每个运行 ${runMs} 毫秒，平均占用 ${busy} 个线程。即使有 ${size} 个线程，${percent}% 的时间在忙，95% 的任务仍要等待至 ${waitMs} 毫秒；允许 ${targetMs} 毫秒`,
  sizeOverrun: (rate, runMs, busy, size) =>
    `每秒 ${rate} 个任务，每个运行 ${runMs} 毫秒，需要 ${busy} 个线程；只有 ${size} 个时，等待的任务越来越多`,
  sizeByCounts: (running, pending, cores) =>
    `结束的任务太少，无法进一步判断。运行中：${running}，等待：${pending}；这台机器有 ${cores} 个核心`,
  sizeByWaiting: (pending, waitMs, targetMs) =>
    `结束的任务太少，无法进一步判断。等待：${pending}，最久的已等 ${waitMs} 毫秒；允许 ${targetMs} 毫秒`,

  resultTooLong: (chars, most) => `无法发送结果：共 ${chars} 个字符，最多 ${most} 个`,

  alertManyPools: (count) => `已打开 ${count} 个线程池；请关闭不用的`,
  alertManyPending: (count) => `服务器上有 ${count} 个任务在等待`,
  alertMuchMemory: (mebibytes) => `服务器使用了 ${mebibytes} MiB 内存`,
  alertNoThreads: (pool) => `线程池 ${pool} 无法启动所需的线程`,
  alertZombies: (pool, count) => `线程池 ${pool} 有 ${count} 个线程的代码无法终止`,
  alertQueueFilling: (pool, percent) => `线程池 ${pool} 的队列已占 ${percent} %；请增加线程`,
  alertRejections: (pool, count, minutes) =>
    `线程池 ${pool} 的队列已满，在 ${minutes} 分钟内拒绝了 ${count} 次提交`,
  alertRunTimeouts: (count, pool, minutes) =>
    `线程池 ${pool} 有 ${count} 个任务在 ${minutes} 分钟内运行超时`,
  alertQueueTimeouts: (count, pool, minutes) =>
    `线程池 ${pool} 有 ${count} 个任务在 ${minutes} 分钟内等待超时；请增加线程`,
  alertFailures: (percent, pool, minutes) =>
    `线程池 ${pool} 在 ${minutes} 分钟内结束的任务有 ${percent} % 失败`,
  alertThreadDeaths: (count, pool, minutes) =>
    `线程池 ${pool} 有 ${count} 个线程在 ${minutes} 分钟内意外终止`,
  alertDiskFree: (mebibytes) => `数据文件夹所在磁盘只剩 ${mebibytes} MiB`,
  alertJournalLag: (seconds) => `一次日志写入已用时 ${seconds} 秒`,
  alertJournal: () => "日志不接受写入：提交会被拒绝",
  alertDamage: () => "读取时发现日志已损坏，详见服务器日志",
  alertHeldUp: (seconds) => `服务器主线程被阻塞：百分之一的定时器迟了 ${seconds} 秒或更久`,
  alertAbove: (what, value, threshold) => `${what} 为 ${value}，高于 ${threshold}`,
  alertAtLeast: (what, value, threshold) => `${what} 为 ${value}，不低于 ${threshold}`,
  alertBelow: (what, value, threshold) => `${what} 为 ${value}，低于 ${threshold}`,
  alertAtMost: (what, value, threshold) => `${what} 为 ${value}，不高于 ${threshold}`,
};
