import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startChildThread } from "../../core/execution/child_thread.ts";
import { ThreadBudget } from "../../core/execution/thread_budget.ts";
import { type ThreadLoss, ThreadPool } from "../../core/execution/thread_pool.ts";
import type { StartThread } from "../../core/execution/thread.ts";
import { startWorkerThread } from "../../core/execution/worker_thread.ts";
import { TypePace } from "../../core/execution/type_pace.ts";
import { PoolSettings, type PoolSettingsInput } from "../../core/model/pool.ts";
import { type AttemptOptions, WatchedAttempt } from "./watched_attempt.ts";
import { until } from "./until.ts";
import { within } from "./within.ts";

const TASKS = new URL("../fixtures/gate_tasks/", import.meta.url);
/** Where the tasks of tests are. */
export const GATE_TASKS: string = fileURLToPath(TASKS);

/** What a pool for a test is made with; one thread, unless it is said. */
export interface StartOptions extends Omit<Partial<PoolSettingsInput>, "name"> {
  readonly startThread?: StartThread;
  readonly budget?: ThreadBudget;
  /** Tasks that count as short whatever they take: how fast this machine is shall not matter. */
  readonly short?: string;
}

/** A pool that is gone after the test, with all its threads. */
export class StartedPool implements AsyncDisposable {
  readonly pool: ThreadPool;
  /** Threads that went unasked, or did not go. */
  readonly losses: ThreadLoss[] = [];
  readonly budget: ThreadBudget;
  readonly #settings: PoolSettings;
  readonly #cacheFolder = join(tmpdir(), `lido-test-${crypto.randomUUID()}`);

  constructor({ startThread, budget, short, ...settings }: StartOptions) {
    const isolation = settings.isolation ?? "thread";
    const fromTest = { name: "test", maxThreads: 1, warmSpare: false, ...settings, isolation };
    this.#settings = PoolSettings.parse(fromTest);
    this.budget = budget ?? new ThreadBudget(16, 4);
    this.pool = new ThreadPool({
      settings: this.#settings,
      encoding: isolation === "thread" ? "value" : "json",
      startThread: startThread ??
        (isolation === "thread" ? startWorkerThread : startChildThread),
      budget: this.budget,
      codeFolders: [GATE_TASKS],
      env: {},
      cacheFolder: this.#cacheFolder,
      ...short !== undefined && { pace: new ShortPace(urlOf(short)) },
      onLoss: (loss) => this.losses.push(loss),
    });
  }

  /** Submits a task of `tests/fixtures/gate_tasks/`. */
  submit(name: string, input?: unknown, options: AttemptOptions = {}): WatchedAttempt {
    const type = { name, url: urlOf(name) };
    const isJson = this.#settings.isolation === "process" && input !== undefined;
    const attempt = new WatchedAttempt({
      ...options,
      type,
      input: isJson ? JSON.stringify(input) : input,
    });
    this.pool.submit(attempt);
    return attempt;
  }

  /** Runs a task to its end; gives its result. */
  async run(name: string, input?: unknown): Promise<unknown> {
    const outcome = await this.submit(name, input).whenEnded();
    if (outcome.kind !== "done") throw new Error(`It came to ${JSON.stringify(outcome)}`);
    return this.#settings.isolation === "process" && typeof outcome.value === "string"
      ? JSON.parse(outcome.value)
      : outcome.value;
  }

  /** Changes settings, as a manager would. */
  change(settings: Partial<PoolSettings>): void {
    this.pool.change({ ...this.#settings, ...settings });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await within("the pool is closed", this.pool.close());
    // A thread that takes its time to die counts as a zombie, for which nobody waits.
    await until("no thread outlived its pool", () => this.pool.slots.length === 0);
    await Deno.remove(this.#cacheFolder, { recursive: true }).catch(() => {});
  }
}

/** Holds one type for short, and learns nothing. */
class ShortPace extends TypePace {
  constructor(url: string) {
    super();
    for (let run = 0; run < 10; run++) super.record(url, 0.01);
  }

  override record(): void {}
}

function urlOf(name: string): string {
  return new URL(`${name}.task.ts`, TASKS).href;
}

/** Starts a pool. */
export function startPool(options: StartOptions = {}): StartedPool {
  return new StartedPool(options);
}
