/**
 * What Lido itself says of a task or an alert, in one sentence: why it waits, why it was cancelled,
 * what its thread died of, what is wrong. A sentence is kept with the task or the alert as it is here;
 * pages find it again to say it in their own language, so a part of it is text or a number and
 * nothing else.
 */

type Part = string | number;

/** Stands for a part; no sentence has this character. */
const HOLE = "\uE000";

/** Each sentence by its name. Where a part may be 1, no word hangs on it. */
export const SENTENCES = {
  endIsBeingWritten: () => "Its end is being written",
  oneOfMany: (waiting: Part) => `It is one of ${waiting} that wait`,
  nextOnThread: (slot: Part) => `It is next on thread ${slot}`,
  poolIsPaused: () => "The pool is paused",
  journalIsAwaited: () => "The journal takes no writes: no task is begun",
  threadIsStarting: () => "A thread is being started",
  threadsAreBusy: (threads: Part) => `All threads are busy (${threads})`,
  threadsAreBusyForOthers: (threads: Part, others: Part) =>
    `All threads are busy (${threads}); other tasks that wait: ${others}`,
  threadCannotStart: (reason: Part) => `Cannot start thread: ${reason}`,

  cancelledBeforeItBegan: () => "It was cancelled before it began",
  askedToStop: () => "It was asked to stop",
  allWaitingCancelled: () => "All waiting tasks of the pool were cancelled",
  poolWasClosed: () => "The pool was closed",
  poolWasForceClosed: () => "The pool was force-closed",
  poolWasClosedMeanwhile: () => "The pool was closed while the task was being written",
  droppedForRoom: () => "Dropped: the queue was full, and this task had waited longest",
  keptInMemory: () => "The pool keeps its tasks in memory, and the server was restarted",
  serverWasShutDown: () => "The server was shut down",
  shutDownBeforeOutcome: () => "The server was shut down before its outcome was known",
  serverDied: (deaths: Part, most: Part) =>
    `The server died while it ran (${deaths} of at most ${most} times)`,
  endedItself: () => "It ended itself",
  priorityChanged: (from: Part, to: Part) => `Its priority was changed from ${from} to ${to}`,
  movedToPool: (from: Part, to: Part) => `It was moved from the pool ${from} to ${to}`,

  poisonous: (deaths: Part) =>
    `The server died ${deaths} times while this task ran: it is not run again`,
  ranTooLong: (limitMs: Part) => `Ran longer than the ${limitMs} ms allowed`,
  waitedTooLong: (limitMs: Part) => `Waited longer than the ${limitMs} ms allowed`,
  usedTooMuchMemory: (mebibytes: Part) => `Used more memory than the ${mebibytes} MiB allowed`,
  threadIsGone: (reason: Part) => `The thread is gone: ${reason}`,
  threadDidNotAnswer: () => "It did not answer after its start",
  threadStoppedAnswering: () => "Stopped answering, and was ended",
  endedBySignal: (signal: Part) => `Ended by ${signal}`,
  sizeAdvised: (
    rate: Part,
    runMs: Part,
    busy: Part,
    size: Part,
    percent: Part,
    waitMs: Part,
    targetMs: Part,
  ) =>
    `${rate} tasks a second that run ${runMs} ms keep ${busy} threads busy. With ${size}, busy for ${percent} % of the time, 95 of 100 wait ${waitMs} ms at the most; ${targetMs} ms are allowed`,
  sizeFallsShort: (
    rate: Part,
    runMs: Part,
    busy: Part,
    size: Part,
    percent: Part,
    waitMs: Part,
    targetMs: Part,
  ) =>
    `${rate} tasks a second that run ${runMs} ms keep ${busy} threads busy. Even with ${size}, busy for ${percent} % of the time, 95 of 100 wait up to ${waitMs} ms; ${targetMs} ms are allowed`,
  sizeOverrun: (rate: Part, runMs: Part, busy: Part, size: Part) =>
    `${rate} tasks a second that run ${runMs} ms want ${busy} threads: with ${size}, ever more wait`,
  sizeByCounts: (running: Part, pending: Part, cores: Part) =>
    `Too few tasks have ended to tell more. Running: ${running}, waiting: ${pending}; this machine has ${cores} cores`,
  sizeByWaiting: (pending: Part, waitMs: Part, targetMs: Part) =>
    `Too few tasks have ended to tell more. Waiting: ${pending}, the oldest for ${waitMs} ms; ${targetMs} ms are allowed`,

  resultTooLong: (chars: Part, most: Part) =>
    `Cannot send result: ${chars} characters, at most ${most}`,

  alertManyPools: (count: Part) => `${count} pools are open; close those not in use`,
  alertManyPending: (count: Part) => `${count} tasks wait on the server`,
  alertMuchMemory: (mebibytes: Part) => `The server uses ${mebibytes} MiB of memory`,
  alertNoThreads: (pool: Part) => `Pool ${pool} cannot start the threads that it wants`,
  alertZombies: (pool: Part, count: Part) =>
    `Pool ${pool} has threads whose code cannot be ended: ${count}`,
  alertQueueFilling: (pool: Part, percent: Part) =>
    `The queue of pool ${pool} is ${percent} % full; add threads`,
  alertRejections: (pool: Part, count: Part, minutes: Part) =>
    `The full queue of pool ${pool} refused ${count} submits within ${minutes} minutes`,
  alertRunTimeouts: (count: Part, pool: Part, minutes: Part) =>
    `${count} tasks of pool ${pool} ran too long within ${minutes} minutes`,
  alertQueueTimeouts: (count: Part, pool: Part, minutes: Part) =>
    `${count} tasks of pool ${pool} waited too long within ${minutes} minutes; add threads`,
  alertFailures: (percent: Part, pool: Part, minutes: Part) =>
    `${percent} % of the tasks of pool ${pool} that ended within ${minutes} minutes failed`,
  alertThreadDeaths: (count: Part, pool: Part, minutes: Part) =>
    `${count} threads of pool ${pool} died within ${minutes} minutes`,
  alertDiskFree: (mebibytes: Part) =>
    `Only ${mebibytes} MiB are free on the disk of the data folder`,
  alertJournalLag: (seconds: Part) => `A write to the journal has taken ${seconds} s so far`,
  alertJournal: () => "The journal takes no writes: submits are refused",
  alertDamage: () => "A read found the journal damaged, as the log tells",
  alertHeldUp: (seconds: Part) =>
    `The server's own thread is held up: 1 of 100 timers is ${seconds} s late or more`,
  alertAbove: (what: Part, value: Part, threshold: Part) =>
    `${what} is ${value}, above ${threshold}`,
  alertAtLeast: (what: Part, value: Part, threshold: Part) =>
    `${what} is ${value}, at least ${threshold}`,
  alertBelow: (what: Part, value: Part, threshold: Part) =>
    `${what} is ${value}, below ${threshold}`,
  alertAtMost: (what: Part, value: Part, threshold: Part) =>
    `${what} is ${value}, at most ${threshold}`,
} as const satisfies Readonly<Record<string, (...parts: Part[]) => string>>;

/** A sentence's name. */
export type SentenceName = keyof typeof SENTENCES;

/** A sentence, and what was put into it. */
export interface Said {
  readonly name: SentenceName;
  readonly parts: readonly string[];
}

/** Finds the sentence that a text is; undefined if Lido did not say it. */
export function readSentence(text: string): Said | undefined {
  patterns ??= (Object.keys(SENTENCES) as SentenceName[]) // its own keys
    .map((name) => [name, patternOf(SENTENCES[name])] as const);
  for (const [name, pattern] of patterns) {
    const found = pattern.exec(text);
    if (found !== null) return { name, parts: found.slice(1) };
  }
  return undefined;
}

/** Made when the first is looked for: threads only say them. */
let patterns: readonly (readonly [SentenceName, RegExp])[] | undefined;

/** The sentence with a hole for each of its parts. */
function patternOf(say: (...parts: Part[]) => string): RegExp {
  const text = say(...Array.from({ length: say.length }, () => HOLE));
  return new RegExp(`^${text.split(HOLE).map((piece) => RegExp.escape(piece)).join("(.*)")}$`, "s");
}
