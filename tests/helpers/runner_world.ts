import { AsyncLocalStorage } from "node:async_hooks";
import type {
  FromThread,
  OutcomeCode,
  TraceLink,
  TypeSource,
} from "../../core/execution/protocol.ts";
import type { Owner, RealmGuard } from "../../core/execution/realm_guard.ts";
import { StatsBlock } from "../../core/execution/stats_block.ts";
import type { TaskSpans } from "../../core/execution/task_spans.ts";
import { TaskRunner } from "../../core/execution/task_runner.ts";
import { defineTask, type TaskContext, type TaskDefinition } from "../../core/tasks/define_task.ts";
import { z } from "zod";
import { until } from "./until.ts";

/** What a task of a test does. */
export type Run = (input: unknown, ctx: TaskContext) => unknown;

/** A guard that finds what the test says, and touches no global object. */
class FakeGuard {
  readonly owners = new AsyncLocalStorage<Owner>();
  current: Owner | undefined;
  polluted = false;
  damage: string | undefined;
  get owner(): Owner | undefined {
    return this.current ?? this.owners.getStore();
  }
  isPolluted(): boolean {
    return this.polluted;
  }
  findDamage(): string | undefined {
    return this.damage;
  }
  accept(): void {}
}

/** What a runner is made with; the rest has a default. */
export interface RunnerOptions {
  readonly lanes?: number;
  readonly encoding?: "json" | "value";
  readonly input?: z.ZodType;
  readonly output?: z.ZodType;
  load?(type: TypeSource): Promise<TaskDefinition>;
  openSpans?(): Promise<TaskSpans>;
}

/** A task runner without a thread: all its messages are kept. */
export class RunnerWorld {
  readonly stats = StatsBlock.create({ slots: 1, lanes: 8 });
  readonly guard = new FakeGuard();
  readonly posted: FromThread[] = [];
  readonly runner: TaskRunner;
  #sent = 0;
  #epoch = 0;
  #isTypeKnown = false;

  constructor(run: Run, options: RunnerOptions = {}) {
    const { lanes = 1, encoding = "value", input = z.unknown(), output } = options;
    const definition = defineTask({
      name: "mine",
      description: "A test's",
      input,
      ...output && { output },
      run: (value, ctx) => run(value, ctx),
    });
    this.runner = new TaskRunner({
      slot: 0,
      stats: this.stats,
      guard: this.guard as unknown as RealmGuard, // the real one would change this test's realm
      encoding,
      lanes,
      openSpans: options.openSpans ?? (() => Promise.reject(new TypeError("No spans here"))),
      load: options.load ?? (() => Promise.resolve(definition as TaskDefinition)),
      post: (message) => this.posted.push(message),
    });
  }

  /** Sends a batch; gives the number of its first task. */
  send(inputs: readonly unknown[], traces: readonly (TraceLink | null)[] = []): number {
    const first = this.#sent;
    this.#sent += inputs.length;
    this.runner.run({
      kind: "run",
      epoch: this.#epoch,
      first,
      token: first + 1_000,
      newTypes: this.#isTypeKnown ? [] : [{ name: "mine", url: "file:///mine.task.ts" }],
      types: [0],
      inputs,
      taskIds: [],
      attempts: [],
      traces,
    });
    this.#isTypeKnown = true;
    return first;
  }

  /** As the host does; gives the first task that was not begun, or -1. */
  takeBack(): number {
    return this.stats.takeBack(0, this.#epoch++);
  }

  /** What was told so far: number, code and value of each. */
  outcomes(): { seq: number; code: OutcomeCode; value: unknown }[] {
    return this.posted.flatMap((message) =>
      message.kind !== "outcomes" ? [] : message.runMs.map((_, at) => ({
        seq: message.seqs[at] ?? (message.seqs[0] ?? 0) + at,
        code: message.codes[at] ?? "done",
        value: message.values[at],
      }))
    );
  }

  /** Resolves when so many outcomes were told; gives them. */
  async told(count: number) {
    await until(`${count} outcomes were told`, () => this.outcomes().length >= count);
    return this.outcomes();
  }

  /** Messages of one kind. */
  of<Kind extends FromThread["kind"]>(kind: Kind): Extract<FromThread, { kind: Kind }>[] {
    return this.posted.filter((message): message is Extract<FromThread, { kind: Kind }> =>
      message.kind === kind
    );
  }
}
