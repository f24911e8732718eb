/**
 * A pool without an engine, for programs that only want threads: `run` gives a promise.
 *
 * @example
 * ```ts
 * await using pool = DirectPool.open({ maxThreads: 4, codeFolders: ["./tasks"] });
 * const words = await pool.run({ name: "count", url: import.meta.resolve("./tasks/count.task.ts") }, text);
 * ```
 */
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PoolSettings, type PoolSettingsInput } from "../model/pool.ts";
import { Attempt, type Outcome } from "./attempt.ts";
import { startChildThread } from "./child_thread.ts";
import type { TypeSource } from "./protocol.ts";
import { ThreadBudget } from "./thread_budget.ts";
import { ThreadPool } from "./thread_pool.ts";
import { startWorkerThread } from "./worker_thread.ts";

/** Why a task that was run directly gave no result. */
export class AttemptError extends Error {
  override readonly name = "AttemptError";

  /** `code` is the failure's, or `cancelled`. */
  constructor(readonly code: string, message: string) {
    super(message);
  }
}

/** What may be said of one run. */
export interface RunOptions {
  /** Cancels the task while it waits, stops it while it runs. */
  readonly signal?: AbortSignal;
  /** Higher runs first. */
  readonly priority?: number;
  readonly runTimeoutMs?: number;
  /** Called when its code begins; a short task may end without it. */
  onStart?(): void;
}

const NO_OPTIONS: RunOptions = {};
const NOTHING = () => {};

/** What a direct pool is made with: a pool's settings, and where its task files are. */
export interface DirectPoolOptions extends Omit<PoolSettingsInput, "name"> {
  readonly name?: string;
  /** Folders of task files. */
  readonly codeFolders: readonly string[];
}

class DirectAttempt extends Attempt {
  readonly promise: Promise<unknown>;
  readonly #onStart: (() => void) | undefined;
  #resolve: (value: unknown) => void = NOTHING;
  #reject: (error: unknown) => void = NOTHING;
  onEnd: (() => void) | undefined;

  constructor(type: TypeSource, input: unknown, options: RunOptions) {
    super(type, input, options.priority ?? 0, options.runTimeoutMs ?? null);
    this.#onStart = options.onStart;
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  get taskId(): string {
    return "";
  }

  get name(): string {
    return this.type.name;
  }

  get number(): number {
    return 1;
  }

  beginTrace(): null {
    return null;
  }

  started(): void {
    this.#onStart?.();
  }

  requeued(): void {}

  settled(outcome: Outcome): void {
    this.onEnd?.();
    if (outcome.kind === "failed") {
      this.#reject(new AttemptError(outcome.failure.code, outcome.failure.message));
    } else if (outcome.kind === "cancelled") {
      this.#reject(new AttemptError("cancelled", outcome.cause));
    } else this.#resolve(outcome.value);
  }

  noted(): void {}

  erredLate(): void {}
}

/** See the head of this file. */
export class DirectPool implements AsyncDisposable {
  readonly #pool: ThreadPool;
  readonly #settings: PoolSettings;
  readonly #cacheFolder: string;
  readonly #isJson: boolean;

  private constructor(settings: PoolSettings, codeFolders: readonly string[], cacheFolder: string) {
    this.#settings = settings;
    this.#cacheFolder = cacheFolder;
    this.#isJson = settings.isolation === "process";
    this.#pool = new ThreadPool({
      settings,
      encoding: "value",
      startThread: this.#isJson ? startChildThread : startWorkerThread,
      budget: new ThreadBudget(settings.maxThreads * 2, settings.maxThreads),
      codeFolders,
      env: {},
      cacheFolder,
    });
  }

  /**
   * Opens a pool; its threads start when they are needed.
   * @throws {z.ZodError} if a setting is not as it must be.
   */
  static open({ codeFolders, name = "direct", ...input }: DirectPoolOptions): DirectPool {
    const settings = PoolSettings.parse({ name, ...input });
    // Made by the first child that needs it.
    const cacheFolder = join(tmpdir(), `lido-${crypto.randomUUID()}`);
    return new DirectPool(settings, codeFolders, cacheFolder);
  }

  /**
   * Runs one task; gives what its `run` returned.
   * @throws {AttemptError} with the failure's code, or `cancelled`, by rejecting.
   */
  run(type: TypeSource, input?: unknown, options: RunOptions = NO_OPTIONS): Promise<unknown> {
    const sent = this.#isJson && input !== undefined ? JSON.stringify(input) : input;
    const attempt = new DirectAttempt(type, sent, options);
    this.#pool.submit(attempt);
    if (options.signal) this.#obey(attempt, options.signal);
    return attempt.promise;
  }

  /** Ends all threads; what waits or runs is cancelled. */
  async close(): Promise<void> {
    await this.#pool.close();
    await Deno.remove(this.#cacheFolder, { recursive: true }).catch(() => {});
  }

  /** The same as {@link close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #obey(attempt: DirectAttempt, signal: AbortSignal): void {
    const end = async () => {
      if (await this.#pool.withdraw(attempt, "It was aborted")) return;
      this.#pool.stop(attempt, this.#settings.stopGraceMs, "It was aborted");
    };
    if (signal.aborted) return void end();
    signal.addEventListener("abort", end, { once: true });
    attempt.onEnd = () => signal.removeEventListener("abort", end);
  }
}
