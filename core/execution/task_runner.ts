/**
 * Runs tasks inside a thread: in their order, `lanes` of them at a time, and tells what they came
 * to in groups. It never throws: whatever happens is an outcome.
 *
 * Before it begins a task it claims it in the stats block; from then on the host cannot take it
 * back, and a claim that fails means that the host took back all that was not begun.
 */
import type { TaskDefinition } from "../tasks/define_task.ts";
import type { z } from "zod";
import { errorPartsOf } from "./error_parts.ts";
import { Outcomes } from "./outcomes.ts";
import type { FromThread, OutcomeCode, RunMessage, TypeSource } from "./protocol.ts";
import type { Owner, RealmGuard } from "./realm_guard.ts";
import { encode, faultOf, isThenable, parse, type Parsed } from "./task_codec.ts";
import { RunContext } from "./run_context.ts";
import type { StatsBlock } from "./stats_block.ts";

/** Outcomes are sent when so many are ready, when the oldest is so old, or when nothing is left. */
const OUTCOMES_MAX = 512;
const OUTCOME_AGE_MAX_MS = 1;
const NOTES_EVERY_MS = 100;
/**
 * After so many runs that ended within their own call, a type is run without following its
 * asynchronous context, which would cost a quarter of a small task.
 */
const PLAIN_RUNS = 16;

type AnyDefinition = TaskDefinition<z.ZodType, z.ZodType>;

/** One task that waits in the thread. */
interface Sent {
  readonly seq: number;
  readonly token: number;
  readonly type: TypeSource;
  readonly input: unknown;
  readonly taskId: string;
  readonly attempt: number;
}

class Running implements Owner {
  timers = 0;
  isOver = false;
  /** Its asynchronous context is followed. */
  isTracked = true;

  constructor(
    readonly sent: Sent,
    readonly lane: number,
    readonly startedAtMs: number,
    readonly began: number,
    readonly context: RunContext,
  ) {}

  /** It ended within its own call and started nothing that could speak up later. */
  get isPlain(): boolean {
    return this.isOver && this.timers === 0;
  }
}

/** What a runner needs of its thread. */
export interface RunnerPlace {
  readonly slot: number;
  readonly stats: StatsBlock;
  readonly guard: RealmGuard;
  readonly encoding: "json" | "value";
  /** Tasks at a time. */
  readonly lanes: number;
  load(type: TypeSource): Promise<AnyDefinition>;
  post(message: FromThread): void;
}

/** See the head of this file. */
export class TaskRunner {
  readonly #place: RunnerPlace;
  readonly #types: TypeSource[] = [];
  readonly #definitions = new Map<string, { definition: AnyDefinition; plainRuns: number }>();
  readonly #running = new Map<number, Running>();
  readonly #freeLanes: number[] = [];
  #lanes: number;
  #batches: { message: RunMessage; at: number }[] = [];
  #epoch = 0;
  #isPumping = false;
  /** A task was run without following its context. */
  #hasUntracked = false;
  #isWorn = false;
  #outcomes = new Outcomes();
  #firstOutcomeMs = 0;
  #notesTimer: unknown;
  #flushTimer: unknown;
  #busyMs = 0;
  #done = 0;
  #failed = 0;

  constructor(place: RunnerPlace) {
    this.#place = place;
    this.#lanes = place.lanes;
    for (let lane = place.stats.shape.lanes - 1; lane >= 0; lane--) this.#freeLanes.push(lane);
  }

  /** Nothing runs and nothing waits. */
  get isIdle(): boolean {
    return this.#running.size === 0 && this.#batches.length === 0;
  }

  /** Takes a batch; begins what there is room for. */
  run(message: RunMessage): void {
    this.#types.push(...message.newTypes);
    if (message.epoch > this.#epoch) {
      this.#batches = [];
      if (!this.#place.stats.openEpoch(this.#place.slot, message.epoch, message.first)) return;
      this.#epoch = message.epoch;
    }
    if (message.epoch === this.#epoch) this.#batches.push({ message, at: 0 });
    this.#pump();
  }

  /** Changes how many tasks run at a time. */
  setLanes(lanes: number): void {
    this.#lanes = lanes;
    this.#pump();
  }

  /** Tells a running task to end. */
  stop(seq: number, reason: string): void {
    this.#running.get(seq)?.context.abort(reason);
  }

  /** Whose code threw outside of its own call: a running task fails, one that ended is blamed. */
  blame(owner: Owner | undefined, thrown: unknown): void {
    const running = owner instanceof Running ? owner : this.#onlySuspect();
    if (running !== undefined && !running.isOver) {
      this.#wear("an error escaped from it");
      this.#end(running, "task_error", errorPartsOf(thrown));
      return;
    }
    const { name, message } = errorPartsOf(thrown);
    this.#place.post({
      kind: "late_error",
      seq: running?.sent.seq ?? -1,
      message: `${name}: ${message}`,
    });
    this.#wear("an error came after its end");
  }

  /** What task code writes to the console is its log. */
  writeLine(level: "debug" | "info" | "warning" | "error", text: string): void {
    const { guard } = this.#place;
    const owner = guard.current ?? guard.owners.getStore() ?? this.#onlySuspect();
    if (owner instanceof Running) owner.context.addLine(level, text);
  }

  /** Writes the slot's row: a sign of life, and what was done so far. */
  beat(memoryBytes: number): void {
    this.#place.stats.setSlotRow(this.#place.slot, {
      heartbeatAtMs: Date.now(),
      done: this.#done,
      failed: this.#failed,
      busyMs: this.#busyMs,
      memoryBytes,
    });
  }

  /**
   * Whose it is that has no owner: a task's that was run without following its context. Where none
   * ever was, it can only be that of the one that runs.
   */
  #onlySuspect(): Running | undefined {
    let only: Running | undefined;
    for (const running of this.#running.values()) {
      if (running.isTracked && this.#hasUntracked) continue;
      if (only !== undefined) return undefined;
      only = running;
    }
    return only;
  }

  /** Begins what there is room for. Tasks that end at once are followed by the next in this loop. */
  #pump(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    while (!this.#isWorn && this.#running.size < this.#lanes) {
      const sent = this.#next();
      if (sent === undefined) break;
      this.#begin(sent);
    }
    this.#isPumping = false;
    if (this.#batches.length === 0 || this.#isWorn) {
      this.#flush();
      this.#inspect();
    } else this.#flushSoon();
  }

  /** Claims the next task, if the host has not taken it back. */
  #next(): Sent | undefined {
    const batch = this.#batches[0];
    if (batch === undefined) return undefined;
    if (this.#place.stats.claim(this.#place.slot) < 0) {
      this.#batches = [];
      return undefined;
    }
    const { message, at } = batch;
    batch.at++;
    if (batch.at === message.inputs.length) this.#batches.shift();
    return {
      seq: message.first + at,
      token: message.token,
      type: this.#types[message.types[at] ?? message.types[0] ?? 0] ?? UNKNOWN_TYPE,
      input: message.inputs[at],
      taskId: message.taskIds[at] ?? "",
      attempt: message.attempts[at] ?? 1,
    };
  }

  #begin(sent: Sent): void {
    const { stats, slot, guard } = this.#place;
    const lane = this.#freeLanes.pop() ?? 0;
    const context = new RunContext(sent.seq, sent.taskId, sent.attempt, {
      stats,
      slot,
      lane,
      onNote: () => this.#scheduleNotes(),
    });
    const began = now.call(performance);
    const running = new Running(sent, lane, timeOrigin + began, began, context);
    this.#running.set(sent.seq, running);
    stats.beginLane(slot, lane, sent.seq, running.startedAtMs);
    const known = this.#definitions.get(sent.type.url);
    // A type that is known needs no await: short tasks then run one after the other in one go.
    if (known === undefined) guard.owners.run(running, () => this.#loadAndCall(running));
    else if (known.plainRuns < PLAIN_RUNS) {
      guard.owners.run(running, () => this.#call(running, known.definition));
    } else {
      running.isTracked = false;
      this.#hasUntracked = true;
      guard.current = running;
      this.#call(running, known.definition);
      guard.current = undefined;
    }
    if (known !== undefined) known.plainRuns = running.isPlain ? known.plainRuns + 1 : 0;
  }

  async #loadAndCall(running: Running): Promise<void> {
    const { type } = running.sent;
    try {
      const definition = await this.#place.load(type);
      if (this.#running.size === 1) this.#place.guard.accept();
      this.#definitions.set(type.url, { definition, plainRuns: 0 });
      this.#call(running, definition);
    } catch (error) {
      this.#end(running, "type_load_failed", errorPartsOf(error));
    }
  }

  #call(running: Running, definition: AnyDefinition): void {
    try {
      const { input } = running.sent;
      const value = this.#place.encoding === "json" && typeof input === "string"
        ? JSON.parse(input)
        : input ?? undefined;
      const parsed = parse(definition.input, value);
      if (parsed instanceof Promise) {
        parsed.then(
          (result) => this.#invoke(running, definition, result),
          (error) => this.#fail(running, error),
        );
      } else this.#invoke(running, definition, parsed);
    } catch (error) {
      this.#fail(running, error);
    }
  }

  #invoke(running: Running, definition: AnyDefinition, parsed: Parsed): void {
    if (!parsed.isGood) return this.#end(running, "invalid_input", parsed.fault);
    try {
      const result: unknown = definition.run(parsed.value, running.context);
      if (isThenable(result)) {
        result.then(
          (value) => this.#finish(running, definition, value),
          (error) => this.#fail(running, error),
        );
      } else this.#finish(running, definition, result);
    } catch (error) {
      this.#fail(running, error);
    }
  }

  #finish(running: Running, definition: AnyDefinition, result: unknown): void {
    if (running.context.sawStop) return this.#end(running, "stopped", undefined);
    try {
      if (definition.output !== undefined) {
        const parsed = definition.output.safeParse(result);
        if (!parsed.success) {
          return this.#end(running, "invalid_output", faultOf(parsed.error, "result"));
        }
        result = parsed.data;
      }
    } catch (error) {
      return this.#end(running, "invalid_output", errorPartsOf(error));
    }
    const encoded = encode(result, this.#place.encoding);
    this.#end(running, encoded.code, encoded.value);
  }

  #fail(running: Running, error: unknown): void {
    if (running.context.sawStop) this.#end(running, "stopped", undefined);
    else this.#end(running, "task_error", errorPartsOf(error));
  }

  #end(running: Running, code: OutcomeCode, value: unknown): void {
    if (running.isOver) return;
    running.isOver = true;
    running.context.end();
    const { stats, slot, guard } = this.#place;
    const nowMs = now.call(performance);
    const runMs = nowMs - running.began;
    this.#running.delete(running.sent.seq);
    stats.endLane(slot, running.lane);
    this.#freeLanes.push(running.lane);
    this.#count(code, runMs);
    this.#sendNotes([running]);
    if (this.#outcomes.token !== running.sent.token) this.#flush();
    if (this.#outcomes.count === 0) this.#firstOutcomeMs = nowMs;
    this.#outcomes.add(running.sent, code, running.startedAtMs, runMs, value);
    if (running.timers > 0) this.#wear("it left timers behind");
    else if (guard.isPolluted()) this.#wear("it changed built-in objects");
    const isDue = nowMs - this.#firstOutcomeMs >= OUTCOME_AGE_MAX_MS;
    if (isDue || this.#outcomes.count >= OUTCOMES_MAX) this.#flush();
    this.#pump();
  }

  #count(code: OutcomeCode, runMs: number): void {
    const isDone = code === "done";
    this.#place.stats.recordRun(runMs);
    this.#busyMs += runMs;
    if (isDone) this.#done++;
    else this.#failed++;
  }

  /** Counters are added to once a group: they are exact whenever no outcome is on its way. */
  #flush(): void {
    const outcomes = this.#outcomes;
    if (outcomes.count === 0) return;
    this.#outcomes = new Outcomes();
    this.#place.stats.add("started", outcomes.count);
    this.#place.stats.add("completed", outcomes.completed);
    this.#place.stats.add("failed", outcomes.count - outcomes.completed);
    this.#place.post(outcomes.message());
  }

  /** What has ended shall not wait for the task behind it, which may take long. */
  #flushSoon(): void {
    if (this.#outcomes.count === 0) return;
    this.#flushTimer ??= REAL_SET_TIMEOUT(() => {
      this.#flushTimer = undefined;
      this.#flush();
    }, OUTCOME_AGE_MAX_MS);
  }

  /** The full look at the realm, when there is time: the group has been sent. */
  #inspect(): void {
    if (this.#isWorn || this.#running.size > 0) return;
    const damage = this.#place.guard.findDamage();
    if (damage !== undefined) this.#wear(damage);
  }

  /** Begins nothing more; the host replaces the thread and takes back what was not begun. */
  #wear(reason: string): void {
    if (this.#isWorn) return;
    this.#isWorn = true;
    this.#flush();
    this.#place.post({ kind: "worn", reason });
  }

  #scheduleNotes(): void {
    this.#notesTimer ??= REAL_SET_TIMEOUT(() => {
      this.#notesTimer = undefined;
      this.#sendNotes([...this.#running.values()]);
    }, NOTES_EVERY_MS);
  }

  #sendNotes(of: readonly Running[]): void {
    const notes = of.flatMap(({ context }) => context.takeNotes() ?? []);
    if (notes.length > 0) this.#place.post({ kind: "notes", notes });
  }
}

/** Captured: task code may change what the clock says. */
const { now } = performance;
const { timeOrigin } = performance;
const UNKNOWN_TYPE: TypeSource = { name: "unknown", url: "" };
/** Captured before the realm guard gives timers an owner: the thread's own belong to no task. */
const REAL_SET_TIMEOUT: (run: () => void, ms: number) => unknown = globalThis.setTimeout;
