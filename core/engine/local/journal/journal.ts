/**
 * The server's side of the journal: gathers what happens into groups and hands them to the writer,
 * one at a time. While one is being written the next one grows: a quick disk makes small groups and
 * short waits, a slow one large groups.
 *
 * What was acknowledged, or has happened, is kept here until it is written, however often the disk
 * refuses; only submits that still wait for their answer are given back to their callers.
 */
import { LidoError } from "../../../model/errors.ts";
import type { Cell, Change, FromWriter, GroupMessage, ToWriter } from "./group.ts";

/** Between two tries to write what the disk refused. */
const RETRY_MS = 1_000;
/** Tasks that may wait for the disk, and the characters of their inputs. */
const WAITING_TASKS_MAX = 200_000;
const WAITING_CHARS_MAX = 128 * 1024 * 1024;
/** Cells of one kind in one group: more wait for the next. */
const GROUP_CELLS_MAX = 65_536;

/** Submits that wait for their answer, or were answered already. */
interface Submission {
  readonly rows: readonly Cell[];
  readonly tasks: number;
  readonly chars: number;
  /** Null once the caller was answered: then it must be written. */
  readonly answer: { resolve(): void; reject(error: unknown): void } | null;
}

/** What grows until it is sent. */
class Group {
  submissions: Submission[] = [];
  moved: Cell[] = [];
  ended: Cell[] = [];
  changes: Change[] = [];
  onWritten: (() => void)[] = [];
  isSynced = false;

  get isEmpty(): boolean {
    return this.submissions.length === 0 && this.moved.length === 0 && this.ended.length === 0 &&
      this.changes.length === 0 && this.onWritten.length === 0;
  }
}

/** What a journal tells. */
export interface JournalListener {
  /**
   * A group was written, and retention took so many records with it; `syncedGroup` is its number if it
   * is on the disk, too. Told before any caller is answered.
   */
  written(pruned: number, syncedGroup: number | null): void;
}

/** See the head of this file. */
export class Journal implements AsyncDisposable {
  readonly #worker: Worker;
  readonly #listener: JournalListener;
  #number: number;
  #next = new Group();
  #sent: Group | undefined;
  #failure: LidoError | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #isPlanned = false;
  #waitingTasks = 0;
  #waitingChars = 0;
  /** Of the waiting: those whose callers were answered. */
  #owedTasks = 0;
  #closed: (() => void) | undefined;

  private constructor(worker: Worker, lastGroup: number, listener: JournalListener) {
    this.#worker = worker;
    this.#number = lastGroup;
    this.#listener = listener;
    worker.onmessage = ({ data }: MessageEvent<FromWriter>) => this.#heard(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#failed(`its writer ended: ${event.message}`);
    };
  }

  /** Opens a migrated file. @throws {LidoError} `journal_corrupt`. */
  static async open(
    path: string,
    options: { readonly isDurable: boolean; readonly listener: JournalListener },
  ): Promise<Journal> {
    const worker = new Worker(new URL("./writer_main.ts", import.meta.url), { type: "module" });
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    worker.onmessage = ({ data }: MessageEvent<FromWriter>) => {
      if (data.kind === "opened") resolve(data.lastGroup);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new LidoError("journal_corrupt", `Cannot open journal ${path}: ${event.message}`));
    };
    post(worker, { kind: "open", path, isDurable: options.isDurable });
    return new Journal(worker, await promise, options.listener);
  }

  /** Why nothing can be written now; undefined when all is well. */
  get failure(): LidoError | undefined {
    return this.#failure;
  }

  /** The number of the last group that was written. */
  get lastGroup(): number {
    return this.#number;
  }

  /** Whether tasks were answered that are not written yet. */
  get owesTasks(): boolean {
    return this.#owedTasks > 0;
  }

  /**
   * Writes new tasks. Resolves when they are on the disk, or at once if `isRelaxed`.
   * @throws {LidoError} `journal_unavailable` while the disk refuses, or is too far behind.
   */
  submit(
    rows: readonly Cell[],
    { tasks, chars, isRelaxed }: {
      readonly tasks: number;
      readonly chars: number;
      readonly isRelaxed: boolean;
    },
  ): Promise<void> {
    this.checkTakes();
    this.#waitingTasks += tasks;
    this.#waitingChars += chars;
    if (isRelaxed) {
      this.#owedTasks += tasks;
      this.#next.submissions.push({ rows, tasks, chars, answer: null });
      this.#plan();
      return Promise.resolve();
    }
    this.#next.isSynced = true;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#next.submissions.push({ rows, tasks, chars, answer: { resolve, reject } });
    this.#plan();
    return promise;
  }

  /** @throws {LidoError} `journal_unavailable` if a submit would be refused. */
  checkTakes(): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#waitingTasks < WAITING_TASKS_MAX && this.#waitingChars < WAITING_CHARS_MAX) return;
    throw unavailable(`${this.#waitingTasks} tasks wait for the disk already`);
  }

  /** A task went from one state to another. */
  move(row: readonly Cell[]): void {
    this.#next.moved.push(...row);
    this.#plan();
  }

  /** A task ended; `onWritten` is called when that is written. */
  end(row: readonly Cell[], isSynced: boolean, onWritten: () => void): void {
    const next = this.#next;
    next.ended.push(...row);
    next.onWritten.push(onWritten);
    next.isSynced ||= isSynced;
    this.#plan();
  }

  /** Something else changed. Resolves when it is written. */
  change(change: Change, isSynced = false): Promise<void> {
    this.#next.changes.push(change);
    this.#next.isSynced ||= isSynced;
    return this.#whenWritten();
  }

  /** Something else changed, and nobody waits for it. */
  note(change: Change): void {
    this.#next.changes.push(change);
    this.#plan();
  }

  /** Resolves when all that came before is written. */
  flush(): Promise<void> {
    if (this.#next.isEmpty && this.#sent === undefined) return Promise.resolve();
    return this.#whenWritten();
  }

  /** Writes what there is, if the disk takes it, and closes the file. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#failure === undefined) {
      await Promise.race([this.flush(), new Promise<void>((resolve) => this.#closed = resolve)]);
    }
    clearTimeout(this.#retry);
    await new Promise<void>((resolve) => {
      this.#closed = resolve;
      post(this.#worker, { kind: "close" });
    });
    this.#worker.terminate();
  }

  #whenWritten(): Promise<void> {
    return new Promise((resolve) => {
      this.#next.onWritten.push(resolve);
      this.#plan();
    });
  }

  /** What comes in one turn goes in one group. */
  #plan(): void {
    if (this.#isPlanned || this.#sent !== undefined || this.#retry !== undefined) return;
    this.#isPlanned = true;
    queueMicrotask(() => {
      this.#isPlanned = false;
      if (this.#sent === undefined && this.#retry === undefined) this.#send();
    });
  }

  #send(): void {
    if (this.#next.isEmpty) return;
    const group = this.#next;
    this.#next = splitRest(group);
    this.#sent = group;
    this.#post(group);
  }

  #post(group: Group): void {
    const message: GroupMessage = {
      kind: "group",
      number: this.#number + 1,
      isSynced: group.isSynced,
      submitted: group.submissions.length === 1
        ? group.submissions[0]?.rows ?? []
        : group.submissions.flatMap(({ rows }) => rows),
      moved: group.moved,
      ended: group.ended,
      changes: group.changes,
    };
    post(this.#worker, message);
  }

  #heard(message: FromWriter): void {
    switch (message.kind) {
      case "written":
        return this.#written(message.number, message.pruned);
      case "failed":
        return this.#failed(message.message);
      case "closed":
        return this.#closed?.();
      case "opened":
    }
  }

  #written(number: number, pruned: number): void {
    this.#number = number;
    const group = this.#sent;
    this.#sent = undefined;
    this.#failure = undefined;
    for (const { tasks, chars, answer } of group?.submissions ?? []) {
      this.#waitingTasks -= tasks;
      this.#waitingChars -= chars;
      if (answer === null) this.#owedTasks -= tasks;
      else answer.resolve();
    }
    for (const tell of group?.onWritten ?? []) tell();
    this.#listener.written(pruned, group?.isSynced ? number : null);
    if (!this.#next.isEmpty) this.#plan();
  }

  /** Nothing of the group is in the file: what can be given back is, the rest is tried again. */
  #failed(reason: string): void {
    const failure = unavailable(reason);
    this.#failure = failure;
    const group = this.#sent ?? new Group();
    this.#sent = undefined;
    this.#next = joined(group, this.#next);
    for (const { tasks, chars, answer } of this.#next.submissions) {
      if (answer === null) continue;
      this.#waitingTasks -= tasks;
      this.#waitingChars -= chars;
      answer.reject(failure);
    }
    this.#next.submissions = this.#next.submissions.filter(({ answer }) => answer === null);
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      const probe = this.#next;
      this.#next = splitRest(probe);
      this.#sent = probe;
      this.#post(probe);
    }, RETRY_MS);
  }
}

/**
 * Takes out of a group the submits that are too many for it. Only those that nobody was told of:
 * whatever else is in the group may be about the others.
 */
function splitRest(group: Group): Group {
  const rest = new Group();
  let cells = 0;
  let isFull = false;
  const kept = group.submissions.filter(({ rows, answer }) => {
    isFull ||= cells > 0 && cells + rows.length > GROUP_CELLS_MAX;
    if (isFull && answer !== null) return false;
    cells += rows.length;
    return true;
  });
  if (kept.length === group.submissions.length) return rest;
  const isKept = new Set(kept);
  rest.submissions = group.submissions.filter((submission) => !isKept.has(submission));
  rest.isSynced = true;
  group.submissions = kept;
  return rest;
}

function joined(first: Group, second: Group): Group {
  const group = new Group();
  group.submissions = [...first.submissions, ...second.submissions];
  group.moved = first.moved.concat(second.moved);
  group.ended = first.ended.concat(second.ended);
  group.changes = [...first.changes, ...second.changes];
  group.onWritten = [...first.onWritten, ...second.onWritten];
  group.isSynced = first.isSynced || second.isSynced;
  return group;
}

function unavailable(reason: string): LidoError {
  return new LidoError("journal_unavailable", `Cannot write to the journal: ${reason}`, {
    retryAfterMs: RETRY_MS,
  });
}

function post(worker: Worker, message: ToWriter): void {
  worker.postMessage(message);
}
