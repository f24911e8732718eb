/** What Lido says of a task, in Chinese. */
import type { SentenceName } from "../../core/mod.ts";

/** What core says in English, in another language; each gets the same parts in the same order. */
export type Sentences = Readonly<Record<SentenceName, (...parts: string[]) => string>>;

/** See the head of this file. */
export const zhSentences: Sentences = {
  endIsBeingWritten: () => "正在写入其结果",
  oneOfMany: (waiting) => `它是 ${waiting} 个等待任务之一`,
  nextOnThread: (slot) => `它是线程 ${slot} 的下一个任务`,
  poolIsPaused: () => "线程池已暂停",
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
  resultTooLong: (chars, most) => `无法发送结果：共 ${chars} 个字符，最多 ${most} 个`,
};
