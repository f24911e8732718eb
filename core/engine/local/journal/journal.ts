/**
 * The server's side of the journal: gathers what happens into groups and hands them to the writer,
 * one at a time. While one is being written the next one grows: a quick disk makes small groups and
 * short waits, a slow one large groups.
 *
 * What was acknowledged, or has happened, is kept here until it is written, however often the disk
 * refuses; submits and changes that still wait for their answer are given back to their callers.
 */
import { LidoError } from "../../../model/errors.ts";
import type { Durability } from "../../../model/pool.ts";
import type { EngineLoad } from "../../engine.ts";
import type { Cell, Change, FromWriter, ToWriter } from "./group.ts";
import { type EndedTask, GroupDraft } from "./group_draft.ts";
import { hear, whenOpened } from "./hosted_thread.ts";

/** A group of fewer rows goes to the tables at once: who submits a few may read them at once, too. */
const INBOX_ROWS_MIN = 32;
/** What nobody waits for is sent with what comes next, or after so long. */
const LATER_MS = 50;
/** Between two tries to write what the disk refused. */
const RETRY_MS = 1_000;
/** Tasks that may wait for the disk, and the characters of their inputs. */
const WAITING_TASKS_MAX = 200_000;
const WAITING_CHARS_MAX = 128 * 1024 * 1024;
/** What a journal tells. */
export interface JournalListener {
  /**
   * A group was written, and retention took so many records with it; `syncedGroup` is its number if it
   * is on the disk, too. Told before any caller is answered.
   */
  written(pruned: number, syncedGroup: number | null): void;
  /** The disk refuses from now on, for this reason; or with null: it takes writes again. */
  failed(failure: LidoError | null): void;
}

/** What the writer is told first. */
type Opening = Omit<Extract<ToWriter, { kind: "open" }>, "kind">;
type Opened = Extract<FromWriter, { kind: "opened" }>;

/** See the head of this file. */
export class Journal implements AsyncDisposable {
  /** Undefined once it died, until the next try. */
  #worker: Worker | undefined;
  readonly #opening: Opening;
  readonly #listener: JournalListener;
  #number: number;
  /** The last group that readers see, and who waits for later ones, in their order. */
  #applied: number;
  #unapplied: { readonly number: number; tell(): void }[] = [];
  #next = new GroupDraft();
  #sent: GroupDraft | undefined;
  #failure: LidoError | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #later: ReturnType<typeof setTimeout> | undefined;
  #isPlanned = false;
  /** When the group that is being written was sent, on the monotonic clock. */
  #sentMs = 0;
  #failures = 0;
  #waitingTasks = 0;
  #waitingChars = 0;
  /** Of those that wait to be written: those whose callers were answered. */
  #owedTasks = 0;
  #closed: (() => void) | undefined;

  private constructor(
    worker: Worker,
    opening: Opening,
    lastGroup: number,
    listener: JournalListener,
  ) {
    this.#worker = this.#listen(worker);
    this.#opening = opening;
    this.#number = this.#applied = lastGroup;
    this.#listener = listener;
  }

  /** Opens a migrated file. @throws {LidoError} `journal_corrupt`, `journal_unavailable`. */
  static async open(
    path: string,
    { isDurable, listener, inboxRowsMin = INBOX_ROWS_MIN }: {
      readonly isDurable: boolean;
      readonly listener: JournalListener;
      readonly inboxRowsMin?: number | undefined;
    },
  ): Promise<Journal> {
    const opening = { path, isDurable, inboxRowsMin };
    const worker = startWriter(opening);
    const { lastGroup } = await whenOpened<Opened>(worker, died);
    return new Journal(worker, opening, lastGroup, listener);
  }

  /** Why nothing can be written now; undefined when all is well. */
  get failure(): LidoError | undefined {
    return this.#failure;
  }

  /** How far the writer is behind. */
  get load(): EngineLoad {
    return {
      writtenGroups: this.#number,
      hiddenGroups: this.#number - this.#applied,
      unwrittenTasks: this.#waitingTasks,
      unwrittenChars: this.#waitingChars,
      lagMs: this.#sent === undefined ? 0 : performance.now() - this.#sentMs,
      failures: this.#failures,
    };
  }

  /** The number of the last group that was written. */
  get lastGroup(): number {
    return this.#number;
  }

  /** Whether there are tasks that cannot be read yet, or not in the state that they are in. */
  get owesTasks(): boolean {
    const unwritten = this.#next.moved.length + (this.#sent?.moved.length ?? 0);
    return this.#owedTasks > 0 || !this.isApplied || unwritten > 0;
  }

  /** Whether readers see all that was written. */
  get isApplied(): boolean {
    return this.#applied >= this.#number;
  }

  /**
   * Writes new tasks. Resolves when they are as durable as is wanted: with `memory` at once.
   * @throws {LidoError} `journal_unavailable` while the disk refuses, or is too far behind.
   */
  submit(
    rows: Cell[],
    { traced, tasks, chars, durability }: {
      readonly traced: readonly Cell[];
      readonly tasks: number;
      readonly chars: number;
      readonly durability: Durability;
    },
  ): Promise<void> {
    this.#checkTakes();
    this.#waitingTasks += tasks;
    this.#waitingChars += chars;
    if (durability === "memory") {
      this.#owedTasks += tasks;
      this.#next.submissions.push({ rows, traced, tasks, chars, answer: null });
      this.#plan();
      return Promise.resolve();
    }
    this.#next.isSynced ||= durability === "fsync";
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#next.submissions.push({ rows, traced, tasks, chars, answer: { resolve, reject } });
    this.#plan();
    return promise;
  }

  /** @throws {LidoError} `journal_unavailable` if a submit would be refused. */
  #checkTakes(): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#waitingTasks < WAITING_TASKS_MAX && this.#waitingChars < WAITING_CHARS_MAX) return;
    throw unavailable(`${this.#waitingTasks} tasks wait for the disk already`);
  }

  /** A task went from one state to another: nobody waits to read that it was started. */
  move(row: readonly Cell[], isStart = false): void {
    this.#next.moved.push(...row);
    if (isStart) this.#planLater();
    else this.#plan();
  }

  /** A task ended; it is told when that is written, and when it can be read. */
  end(row: readonly Cell[], isSynced: boolean, task?: EndedTask): void {
    const next = this.#next;
    next.ended.push(...row);
    if (task !== undefined) next.endedTasks.push(task);
    next.isSynced ||= isSynced;
    this.#plan();
  }

  /**
   * Something else is to change. Resolves when that is on the disk and can be read; until then nothing
   * of it may have happened.
   * @throws {LidoError} `journal_unavailable` while the disk refuses, or is too far behind.
   */
  async change(change: Change): Promise<void> {
    this.#checkTakes();
    this.#next.isSynced = true;
    await this.#ask(change);
  }

  /** Something else has changed: it is written however often the disk refuses; nobody waits for it. */
  note(change: Change, isSynced = false): void {
    this.#next.change(change);
    this.#next.isSynced ||= isSynced;
    this.#planLater();
  }

  /** Resolves when all that came before is written and can be read, however long the disk refuses. */
  async flush(): Promise<void> {
    if (this.#closed !== undefined) return; // what could be written is
    const isOwed = !this.#next.isEmpty || this.#sent !== undefined;
    if (isOwed || this.#failure !== undefined) await this.#whenWritten();
    await this.applied();
  }

  /**
   * Writes what there is, even if that is nothing.
   * @throws {LidoError} `journal_unavailable` if the disk refuses.
   */
  async checkWrites(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    await this.#ask(null);
  }

  /** Resolves when all that was written before can be read. */
  applied(): Promise<void> {
    if (this.isApplied) return Promise.resolve();
    const number = this.#number;
    this.#post({ kind: "apply" }); // one that takes a dead one's place does so unasked
    return new Promise((resolve) => this.#unapplied.push({ number, tell: resolve }));
  }

  /** Writes what there is, if the disk takes it, and closes the file. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.checkWrites().catch(() => {}); // the listener was told
    this.#failure = new LidoError("server_closing", "Cannot write to the journal: it is closed");
    clearTimeout(this.#retry);
    clearTimeout(this.#later);
    await new Promise<void>((resolve) => {
      this.#closed = resolve;
      if (this.#worker === undefined) return resolve(); // nobody answers
      this.#post({ kind: "close" });
    });
    this.#worker?.terminate();
    // What a writer that died left open, no other was sent in time.
    if (this.#sent !== undefined) this.#giveBack(this.#sent, unavailable("it is closed"));
  }

  #listen(worker: Worker): Worker {
    return hear<FromWriter>(
      worker,
      (message) => this.#heard(message),
      (reason) => this.#died(died(reason)),
    );
  }

  #whenWritten(): Promise<void> {
    return new Promise((resolve) => {
      // Nothing came since the last one was sent: no other is written only to be waited for.
      if (this.#next.isEmpty && this.#sent !== undefined) return this.#sent.onWritten.push(resolve);
      this.#next.onWritten.push(resolve);
      this.#plan();
    });
  }

  #ask(change: Change | null): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#next.change(change, { resolve, reject });
    this.#plan();
    return promise;
  }

  #planLater(): void {
    this.#later ??= setTimeout(() => {
      this.#later = undefined;
      this.#plan();
    }, LATER_MS);
  }

  /** What comes in one turn goes in one group. */
  #plan(): void {
    this.#next.isDue = true;
    if (this.#isPlanned || this.#sent !== undefined || this.#retry !== undefined) return;
    this.#isPlanned = true;
    queueMicrotask(() => {
      this.#isPlanned = false;
      if (this.#sent === undefined && this.#retry === undefined) this.#send();
    });
  }

  /** Sends what there is; what is `forced` even if there is nothing: it tells whether all is well. */
  #send(isForced = false): void {
    if (this.#next.isEmpty && !isForced) return;
    const group = this.#next;
    this.#next = group.splitRest();
    this.#sent = group;
    this.#sentMs = performance.now();
    this.#post(group.message(this.#number + 1));
  }

  #heard(message: FromWriter): void {
    switch (message.kind) {
      case "written":
        return this.#written(message);
      case "applied":
        return this.#shown(message.applied);
      case "failed":
        return this.#failed(message.message);
      case "closed":
        return this.#closed?.();
      case "opened": // one that took the place of another; it may know of a group that we do not
        return this.#shown(Math.min(message.lastGroup, this.#number));
      case "refused": // it tries again with the next group
    }
  }

  #written({ number, pruned, applied }: Extract<FromWriter, { kind: "written" }>): void {
    this.#number = number;
    this.#applied = applied;
    const group = this.#sent ?? new GroupDraft();
    this.#sent = undefined;
    if (this.#failure !== undefined) this.#listener.failed(null);
    this.#failure = undefined;
    // The writer goes on at once, while the server looks at what that has brought.
    if (this.#next.isDue) this.#send();
    for (const { tasks, chars, answer } of group.submissions) {
      this.#waitingTasks -= tasks;
      this.#waitingChars -= chars;
      if (answer === null) this.#owedTasks -= tasks;
      else answer.resolve();
    }
    for (const task of group.endedTasks) task.written();
    for (const { answer } of group.changes) answer?.resolve();
    for (const tell of group.onWritten) tell();
    this.#listener.written(pruned, group.isSynced ? number : null);
    if (group.endedTasks.length > 0) {
      const tell = () => group.endedTasks.forEach((task) => task.applied());
      this.#unapplied.push({ number, tell });
    }
    this.#shown(applied);
  }

  #shown(applied: number): void {
    this.#applied = applied;
    const first = this.#unapplied.findIndex(({ number }) => number > applied);
    const shown = this.#unapplied.splice(0, first < 0 ? this.#unapplied.length : first);
    for (const { tell } of shown) tell();
  }

  /** Nothing of the group is in the file: what can be given back is, the rest is tried again. */
  #failed(reason: string): void {
    const failure = unavailable(reason);
    this.#refused(failure);
    const group = this.#sent ?? new GroupDraft();
    this.#sent = undefined;
    group.join(this.#next);
    this.#next = group;
    this.#giveBack(group, failure);
  }

  /** Whether the writer wrote what it was sent, nobody knows: another is sent just that once more. */
  #died(failure: LidoError): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    if (this.#closed !== undefined) return this.#closed();
    this.#refused(failure);
    this.#giveBack(this.#next, failure);
    for (const { reject } of this.#sent?.takeQuestions() ?? []) reject(failure);
  }

  /** Nothing is taken until the next try, which is due in a while, succeeds. */
  #refused(failure: LidoError): void {
    if (this.#failure === undefined) this.#listener.failed(failure);
    this.#failure = failure;
    this.#failures++;
    this.#retry ??= setTimeout(() => {
      this.#retry = undefined;
      this.#worker ??= this.#listen(startWriter(this.#opening));
      if (this.#sent === undefined) this.#send(true);
      else this.#post(this.#sent.message(this.#number + 1));
    }, RETRY_MS);
  }

  #post(message: ToWriter): void {
    if (this.#worker !== undefined) post(this.#worker, message);
  }

  #giveBack(group: GroupDraft, failure: LidoError): void {
    const { submissions, answers } = group.giveBack();
    for (const { tasks, chars } of submissions) {
      this.#waitingTasks -= tasks;
      this.#waitingChars -= chars;
    }
    for (const answer of answers) answer.reject(failure);
  }
}

function startWriter(opening: Opening): Worker {
  const worker = new Worker(new URL("./writer_main.ts", import.meta.url), { type: "module" });
  post(worker, { kind: "open", ...opening });
  return worker;
}

function died(reason: string): LidoError {
  return unavailable(`its writer ended: ${reason}`);
}

function unavailable(reason: string): LidoError {
  return new LidoError("journal_unavailable", `Cannot write to the journal: ${reason}`, {
    retryAfterMs: RETRY_MS,
  });
}

function post(worker: Worker, message: ToWriter): void {
  worker.postMessage(message);
}
