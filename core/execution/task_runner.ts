/**
 * Runs tasks inside a thread: in their order, `lanes` of them at a time, and tells what they came
 * to in groups. It never throws: whatever happens is an outcome.
 * What waits in the thread is `SentBatches`' matter, what is told of it `ThreadReport`'s.
 */
import type { LogLevel } from "../model/log_level.ts";
import type { TaskDefinition } from "../tasks/define_task.ts";
import type { z } from "zod";
import { errorPartsOf } from "./error_parts.ts";
import type { FromThread, OutcomeCode, RunMessage, TypeSource } from "./protocol.ts";
import type { Owner, RealmGuard } from "./realm_guard.ts";
import { encode, faultOf, isThenable, parse, type Parsed } from "./task_codec.ts";
import { RunContext } from "./run_context.ts";
import { RunningTask, TasksInOneContext } from "./running_task.ts";
import { type Sent, SentBatches } from "./sent_batches.ts";
import type { StatsBlock } from "./stats_block.ts";
import type { TaskSpans } from "./task_spans.ts";
import { ThreadReport } from "./thread_report.ts";

/**
 * After so many runs that ended within their own call, a type is run in a context that it shares with
 * what begins together with it: one of its own would cost a quarter of a small task. The first that
 * does not end so makes its type one that is watched again.
 */
const PLAIN_RUNS = 16;

type AnyDefinition = TaskDefinition<z.ZodType, z.ZodType>;

/** What a runner needs of its thread. */
export interface RunnerPlace {
  readonly slot: number;
  readonly stats: StatsBlock;
  readonly guard: RealmGuard;
  readonly encoding: "json" | "value";
  /** Tasks at a time. */
  readonly lanes: number;
  load(type: TypeSource): Promise<AnyDefinition>;
  /** Asked once, for the first attempt whose spans are wanted. */
  openSpans(): Promise<TaskSpans>;
  post(message: FromThread): void;
}

/** See the head of this file. */
export class TaskRunner {
  readonly #place: RunnerPlace;
  readonly #batches: SentBatches;
  readonly #report: ThreadReport;
  readonly #definitions = new Map<string, { definition: AnyDefinition; plainRuns: number }>();
  readonly #running = new Map<number, RunningTask>();
  readonly #freeLanes: number[] = [];
  #lanes: number;
  /** Asked for, and then there: no attempt before needs it. */
  #openingSpans: Promise<void> | undefined;
  #spans: TaskSpans | undefined;
  #isPumping = false;
  /** All tasks that ever began here: what has lost its context may be any of theirs. */
  readonly #all = new TasksInOneContext();
  #isWorn = false;

  constructor(place: RunnerPlace) {
    this.#place = place;
    this.#batches = new SentBatches(place.stats, place.slot);
    this.#report = new ThreadReport(place, this.#running);
    this.#lanes = place.lanes;
    for (let lane = place.stats.shape.lanes - 1; lane >= 0; lane--) this.#freeLanes.push(lane);
  }

  /** Nothing runs and nothing waits. */
  get isIdle(): boolean {
    return this.#running.size === 0 && this.#batches.isEmpty;
  }

  /** Takes a batch; begins what there is room for. */
  run(message: RunMessage): void {
    if (this.#batches.take(message)) this.#pump();
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

  /**
   * Whose code threw outside of its own call: a running task fails, one that ended is blamed. Where
   * nobody can be named for sure the thread is: a guess would fail a task that did nothing.
   */
  blame(owner: Owner | undefined, thrown: unknown): void {
    const culprit = this.#named(owner);
    if (culprit !== undefined && !culprit.isOver) {
      this.#wear("an error escaped from it");
      this.#end(culprit, "task_error", errorPartsOf(thrown));
      return;
    }
    const { name, message } = errorPartsOf(thrown);
    this.#place.post({
      kind: "late_error",
      seq: culprit?.sent.seq ?? -1,
      message: `${name}: ${message}`,
    });
    this.#wear("an error came after its end");
  }

  /** What task code writes to the console is its log. */
  writeLine(level: LogLevel, text: string): void {
    const writer = this.#named(this.#place.guard.owner) ?? this.#onlyRunning();
    writer?.context.addLine(level, text);
  }

  /** Writes the slot's row: a sign of life, and what was done so far. */
  beat(memoryBytes: number): void {
    this.#report.beat(memoryBytes);
  }

  /** The one task that it can be; undefined where it can be one of several. */
  #named(owner: Owner = this.#all): RunningTask | undefined {
    if (owner instanceof RunningTask) return owner;
    return owner instanceof TasksInOneContext ? owner.only : undefined;
  }

  /** Good enough a guess for a line of a log, which does no harm to a task that is not its own. */
  #onlyRunning(): RunningTask | undefined {
    if (this.#running.size > 1) return undefined;
    for (const running of this.#running.values()) return running;
  }

  /** Begins what there is room for. Tasks that end at once are followed by the next in this loop. */
  #pump(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    if (!this.#batches.isEmpty) {
      this.#place.guard.owners.run(new TasksInOneContext(), () => this.#beginAll());
    }
    this.#isPumping = false;
    if (this.#batches.isEmpty || this.#isWorn) {
      this.#report.flush();
      this.#inspect();
    } else this.#report.flushSoon();
  }

  #beginAll(): void {
    while (!this.#isWorn && this.#running.size < this.#lanes) {
      const sent = this.#batches.next();
      if (sent === undefined) return;
      this.#begin(sent);
    }
  }

  #begin(sent: Sent): void {
    const { stats, slot } = this.#place;
    const lane = this.#freeLanes.pop() ?? 0;
    const context = new RunContext(sent.seq, sent.taskId, sent.attempt, {
      stats,
      slot,
      lane,
      onNote: () => this.#report.scheduleNotes(),
    }, sent.trace?.traceparent);
    const began = now.call(performance);
    const running = new RunningTask(sent, lane, timeOrigin + began, began, context);
    this.#running.set(sent.seq, running);
    this.#all.add(running);
    stats.beginLane(slot, lane, sent.seq, running.startedAtMs);
    if (sent.trace?.isRecorded && this.#spans === undefined) this.#openSpansAndStart(running);
    else this.#startTraced(running);
  }

  async #openSpansAndStart(running: RunningTask): Promise<void> {
    this.#openingSpans ??= this.#place.openSpans().then((spans) => void (this.#spans = spans));
    try {
      await this.#openingSpans;
    } catch (error) {
      // It runs all the same.
      const { message } = errorPartsOf(error);
      running.context.addLine("warning", `The task's spans are not kept: ${message}`);
    }
    if (!running.isOver) this.#startTraced(running);
  }

  /** Also one that is not traced: it may follow one that is, in whose context this goes on. */
  #startTraced(running: RunningTask): void {
    if (this.#spans === undefined) return this.#start(running);
    this.#spans.run(running.sent.trace, running.context, () => this.#start(running));
  }

  #start(running: RunningTask): void {
    const { guard } = this.#place;
    const { sent } = running;
    const known = this.#definitions.get(sent.type.url);
    // A type that is known needs no await: short tasks then run one after the other in one go.
    if (known === undefined) guard.owners.run(running, () => this.#loadAndCall(running));
    else if (known.plainRuns < PLAIN_RUNS) {
      guard.owners.run(running, () => this.#call(running, known.definition));
    } else {
      const shared = guard.owners.getStore();
      if (shared instanceof TasksInOneContext) running.share(shared);
      guard.current = running;
      this.#call(running, known.definition);
      guard.current = undefined;
    }
    if (known !== undefined) known.plainRuns = running.isPlain ? known.plainRuns + 1 : 0;
  }

  async #loadAndCall(running: RunningTask): Promise<void> {
    const { type } = running.sent;
    try {
      // On Deno 2.9.6 what has lost its context is in that of an import: it shall name nobody.
      const load = () => this.#place.load(type);
      const definition = await this.#place.guard.owners.run(this.#all, load);
      if (this.#running.size === 1) this.#place.guard.accept();
      this.#definitions.set(type.url, { definition, plainRuns: 0 });
      this.#call(running, definition);
    } catch (error) {
      this.#end(running, "type_load_failed", errorPartsOf(error));
    }
  }

  #call(running: RunningTask, definition: AnyDefinition): void {
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

  #invoke(running: RunningTask, definition: AnyDefinition, parsed: Parsed): void {
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

  #finish(running: RunningTask, definition: AnyDefinition, result: unknown): void {
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

  #fail(running: RunningTask, error: unknown): void {
    if (running.context.sawStop) this.#end(running, "stopped", undefined);
    else this.#end(running, "task_error", errorPartsOf(error));
  }

  #end(running: RunningTask, code: OutcomeCode, value: unknown): void {
    if (running.isOver) return;
    running.isOver = true;
    running.context.end();
    const { stats, slot, guard } = this.#place;
    const nowMs = now.call(performance);
    this.#running.delete(running.sent.seq);
    stats.endLane(slot, running.lane);
    this.#freeLanes.push(running.lane);
    this.#report.ended(running, code, value, nowMs);
    running.leaveShared();
    if (running.hasTimers || this.#all.timers > 0) this.#wear("it left timers behind");
    else if (guard.isPolluted()) this.#wear("it changed built-in objects");
    this.#report.flushIfDue(nowMs);
    this.#pump();
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
    this.#report.flush();
    this.#place.post({ kind: "worn", reason });
  }
}

/** Captured: task code may change what the clock says. */
const { now } = performance;
const { timeOrigin } = performance;
