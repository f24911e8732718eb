/**
 * A slot: one thread of a pool, and the attempts that were sent to it. Attempts are numbered in the
 * order in which they are sent and begin in that order, so what has begun is a prefix of what is in
 * flight; `takeBack` asks the thread where that prefix ends.
 *
 * States: starting → idle ⇄ busy; leaving once it takes nothing new (worn, retired, stopping); a
 * leaving slot that goes on after it was ended by force is a zombie.
 */
import type { Attempt } from "./attempt.ts";
import { CLAIMS_MAX } from "./claims.ts";
import { FlightCount } from "./flight_count.ts";
import type { OutcomesMessage, RunMessage, TaskNotes, TypeSource } from "./protocol.ts";
import type { Death, Thread, ThreadListener } from "./thread.ts";

/** After so many take-backs a thread is replaced, so that its epochs stay countable. */
const EPOCHS_MAX = 2 ** 19;
/** Ended attempts that a late error can still be blamed on. */
const RECENT = 64;
/** Places of ended attempts that may stand before the first that is left. */
const CUT_AT = 256;

/** What a slot tells its pool. */
export interface SlotOwner {
  slotReady(slot: Slot): void;
  slotOutcomes(slot: Slot, message: OutcomesMessage): void;
  slotWorn(slot: Slot): void;
  /** These came back unbegun, in their order. */
  slotReturned(slot: Slot, attempts: readonly Attempt[]): void;
  slotDied(slot: Slot, death: Death): void;
  /** An error came of a task that nobody can name. */
  slotErred(slot: Slot, message: string): void;
  /** The code of an attempt said something. */
  slotNoted(attempt: Attempt, notes: TaskNotes): void;
}

/** See the head of this file. */
export class Slot implements ThreadListener {
  #thread: Thread | undefined;
  /** In flight, in order; settled ones are undefined until the head moves on. */
  #flight: (Attempt | undefined)[] = [];
  /** The number of the first place in `#flight`, and which place holds the first attempt. */
  #headSeq = 0;
  #first = 0;
  #nextSeq = 0;
  readonly live = new FlightCount();
  #epoch = 0;
  /** The first task that was sent in this epoch. */
  #epochFirst = 0;
  #typeIndexes = new Map<string, number>();
  readonly #recent: (Attempt | undefined)[] = [];
  readonly startedMs = performance.now();
  isReady = false;
  isTakingBack = false;
  /** What it runs takes long: nothing is sent ahead to it until it answers. */
  isStalled = false;
  /** It takes nothing new. */
  isLeaving = false;
  /** It leaves because it is worn, and lives on a little for what its task left behind. */
  isLingering = false;
  isZombie = false;
  #hasErred = false;
  /** Set when it was ended by force: when, on the monotonic clock. */
  killedMs: number | undefined;
  /** Said about running attempts when it dies, instead of how it died. */
  deathCause: Death | undefined;
  idleSinceMs = performance.now();

  constructor(readonly index: number, readonly owner: SlotOwner, public lanes: number) {}

  /** The thread, once the pool has started it. */
  get thread(): Thread {
    if (this.#thread === undefined) {
      throw new TypeError("Cannot use slot: its thread is not started");
    }
    return this.#thread;
  }

  set thread(thread: Thread) {
    this.#thread = thread;
  }

  /** How many attempts are in flight. */
  get inFlight(): number {
    return this.live.count;
  }

  /** How many tasks it was sent, over its life. */
  get sent(): number {
    return this.#nextSeq;
  }

  /** How many tasks it may still be sent before it is replaced. */
  tasksLeft(recycleAfterTasks: number | null): number {
    return Math.min(recycleAfterTasks ?? CLAIMS_MAX, CLAIMS_MAX) - this.#nextSeq;
  }

  /** Whether it has served its time. */
  isSpent(recycleAfterTasks: number | null): boolean {
    return this.tasksLeft(recycleAfterTasks) <= 0 || this.#epoch >= EPOCHS_MAX;
  }

  /** What is in flight, in order. */
  attempts(): readonly Attempt[] {
    return this.#flight.filter((attempt) => attempt !== undefined);
  }

  /** Sends attempts, in this order. */
  send(attempts: readonly Attempt[]): void {
    const newTypes: TypeSource[] = [];
    const first = this.#nextSeq;
    const token = nextToken();
    const types: number[] = [];
    const inputs: unknown[] = [];
    let isUniform = true;
    for (const attempt of attempts) {
      attempt.place = "sent";
      attempt.slot = this.index;
      attempt.seq = this.#nextSeq++;
      attempt.token = token;
      this.#flight.push(attempt);
      const type = this.#indexOf(attempt.type, newTypes);
      isUniform &&= type === (types[0] ?? type);
      types.push(type);
      inputs.push(attempt.input);
    }
    const taskIds = attempts[0]?.taskId === "" ? [] : attempts.map(({ taskId }) => taskId);
    const areFirst = attempts.every(({ number }) => number === 1);
    const traces = attempts.map((attempt) => attempt.beginTrace());
    const message: RunMessage = {
      kind: "run",
      epoch: this.#epoch,
      first,
      token,
      newTypes,
      types: isUniform ? types.slice(0, 1) : types,
      inputs,
      taskIds,
      attempts: areFirst ? [] : attempts.map(({ number }) => number),
      traces: traces.every((link) => link === null) ? [] : traces,
    };
    this.live.add(attempts.length);
    this.thread.run(message);
  }

  /** Takes an attempt out of flight; undefined if it is not there, or the token is not its own. */
  land(seq: number, token: number): Attempt | undefined {
    const at = seq - this.#headSeq;
    const attempt = this.#flight[at];
    if (attempt === undefined || attempt.token !== token) return undefined;
    this.#remove(at);
    this.#recent[seq % RECENT] = attempt;
    return attempt;
  }

  /** Takes everything out of flight. */
  landAll(): readonly Attempt[] {
    const all = this.attempts();
    this.live.remove(this.inFlight);
    this.#trim();
    return all;
  }

  /** Marks the first attempts in flight as running, as far as the thread has lanes. */
  markRunning(nowMs: number): void {
    const last = Math.min(this.lanes, this.inFlight);
    for (let at = this.#first, seen = 0; seen < last; at++) {
      const attempt = this.#flight[at];
      if (attempt === undefined) continue;
      seen++;
      if (attempt.place === "sent") this.#markOne(attempt, nowMs);
    }
  }

  /** The thread says that it runs this attempt, since `beganMs` on the monotonic clock. */
  seen(attempt: Attempt, beganMs: number): void {
    if (attempt.place === "sent") this.#markOne(attempt, beganMs);
  }

  /** Asks for what the thread has not begun. */
  takeBack(): void {
    if (this.isTakingBack || this.inFlight === 0) return;
    this.isTakingBack = true;
    this.thread.takeBack(this.#epoch++);
  }

  /** Ends the thread by force. */
  kill(nowMs: number): void {
    this.isLeaving = true;
    if (this.killedMs !== undefined) return;
    this.killedMs = nowMs;
    this.thread.kill();
  }

  ready(): void {
    this.isReady = true;
    this.idleSinceMs = performance.now();
    this.owner.slotReady(this);
  }

  outcomes(message: OutcomesMessage): void {
    this.owner.slotOutcomes(this, message);
  }

  notes(notes: readonly TaskNotes[]): void {
    for (const note of notes) {
      const attempt = this.#find(note.seq);
      if (attempt === undefined) continue;
      this.owner.slotNoted(attempt, note);
      attempt.noted(note);
    }
  }

  /** One that is nobody's is told once: what throws without end does not fill the log. */
  lateError(seq: number, message: string): void {
    const attempt = this.#find(seq);
    if (attempt !== undefined) return attempt.erredLate(message);
    if (!this.#hasErred) this.owner.slotErred(this, message);
    this.#hasErred = true;
  }

  worn(): void {
    this.owner.slotWorn(this);
  }

  takenBack(first: number): void {
    const firstUnbegun = first < 0 ? this.#epochFirst : Math.max(first, this.#epochFirst);
    this.isTakingBack = false;
    this.#epochFirst = this.#nextSeq;
    const returned: Attempt[] = [];
    for (let at = Math.max(0, firstUnbegun - this.#headSeq); at < this.#flight.length; at++) {
      const attempt = this.#flight[at];
      if (attempt === undefined) continue;
      returned.push(attempt);
      this.#flight[at] = undefined;
      this.live.remove(1);
    }
    this.#trim();
    this.#markBegun(firstUnbegun);
    this.owner.slotReturned(this, returned);
  }

  died(death: Death): void {
    this.owner.slotDied(this, death);
  }

  /** All that is left in flight has begun; with one lane, the last of it is what runs. */
  #markBegun(firstUnbegun: number): void {
    const running = this.lanes === 1 ? firstUnbegun - 1 : -1;
    for (const attempt of this.attempts()) {
      if (attempt.seq === running && attempt.place === "sent") {
        this.#markOne(attempt, performance.now());
      }
    }
  }

  #markOne(attempt: Attempt, nowMs: number): void {
    attempt.place = "running";
    attempt.beganMs = nowMs;
    attempt.started(this.index);
  }

  #find(seq: number): Attempt | undefined {
    const attempt = this.#flight[seq - this.#headSeq] ?? this.#recent[seq % RECENT];
    return attempt?.seq === seq ? attempt : undefined;
  }

  #remove(at: number): void {
    this.#flight[at] = undefined;
    this.live.remove(1);
    if (at === this.#first) this.#trim();
  }

  /** Moves on to the first attempt that is left; the array is cut in large steps, to stay cheap. */
  #trim(): void {
    if (this.inFlight === 0) {
      this.#headSeq = this.#nextSeq;
      this.#first = 0;
      this.#flight = [];
      return;
    }
    while (this.#flight[this.#first] === undefined) this.#first++;
    if (this.#first < CUT_AT || this.#first < this.#flight.length / 2) return;
    this.#flight = this.#flight.slice(this.#first);
    this.#headSeq += this.#first;
    this.#first = 0;
  }

  #indexOf(type: TypeSource, newTypes: TypeSource[]): number {
    let index = this.#typeIndexes.get(type.url);
    if (index === undefined) {
      this.#typeIndexes.set(type.url, index = this.#typeIndexes.size);
      newTypes.push({ name: type.name, url: type.url });
    }
    return index;
  }
}

const randoms = new Uint32Array(1024);
let nextRandom = randoms.length;

/** What task code cannot guess. */
function nextToken(): number {
  if (nextRandom === randoms.length) {
    crypto.getRandomValues(randoms);
    nextRandom = 0;
  }
  return (randoms[nextRandom++] ?? 0) >>> 2; // a small integer, which costs no memory
}
