/** All pools of a server: opens them within the limits, finds them, and closes them together. */
import { tmpdir } from "node:os";
import { join } from "node:path";
import { v7 as uuidv7 } from "uuid";
import type { Config } from "./config.ts";
import type { Engine, PoolRecord } from "./engine/engine.ts";
import { startChildThread } from "./execution/child_thread.ts";
import { ThreadBudget } from "./execution/thread_budget.ts";
import { type ThreadLoss, ThreadPool } from "./execution/thread_pool.ts";
import { NO_TOTALS, TypeTally, type TypeTotals } from "./execution/type_tally.ts";
import { UserMetrics } from "./execution/user_metrics.ts";
import { startWorkerThread } from "./execution/worker_thread.ts";
import type { Clock } from "./model/clock.ts";
import { LidoError } from "./model/errors.ts";
import { type Isolation, PoolId, PoolSettings, type PoolState } from "./model/pool.ts";
import type { Logger } from "./observation/logging.ts";
import { PoolRoom } from "./pool_room.ts";

/** What a house is made with. */
export interface PoolHouseOptions {
  readonly limits: Config["limits"];
  readonly engine: Engine;
  readonly clock: Clock;
  /** Folders of task files, which every thread may read. */
  readonly codeFolders: readonly string[];
  /** Variables that pools' permissions may name. */
  readonly env: Readonly<Record<string, string>>;
  readonly logger: Logger;
}

/** See the head of this file. */
export class PoolHouse {
  readonly #options: PoolHouseOptions;
  readonly #rooms = new Map<PoolId, PoolRoom>();
  /** Pools that are being put on record. */
  #opening = 0;
  readonly #budgets: Readonly<Record<Isolation, ThreadBudget>>;
  /** What closed pools have in the place of their threads. */
  readonly #noThreads: ThreadPool;
  /** What came of attempts, over all pools. */
  readonly tally: TypeTally = new TypeTally();
  /** What task code measures, over all pools. */
  readonly userMetrics: UserMetrics = new UserMetrics();
  /** Caches of child processes; made by the first that needs one. */
  readonly #cacheFolder = join(tmpdir(), `lido-${crypto.randomUUID()}`);

  constructor(options: PoolHouseOptions) {
    this.#options = options;
    const { processes, threads, zombies } = options.limits;
    this.#budgets = {
      process: new ThreadBudget(processes, zombies),
      thread: new ThreadBudget(threads, zombies),
    };
    const settings = PoolSettings.parse({ name: "closed" });
    this.#noThreads = this.#openThreads(settings, this.#cacheFolder, () => {});
    this.#noThreads.close(); // at once: it has none to wait for
  }

  /** Opens a pool with checked settings. @throws {LidoError} `pool_limit_reached`. */
  async open(settings: PoolSettings): Promise<PoolRoom> {
    const { limits, engine, clock } = this.#options;
    const open = this.list().length + this.#opening;
    if (open >= limits.pools) {
      throw new LidoError(
        "pool_limit_reached",
        `Cannot create pool: ${open} of ${limits.pools} are open`,
      );
    }
    const id = PoolId.parse(uuidv7());
    const createdAtMs = clock.nowMs();
    const pool = { id, state: "running", createdAtMs, settings, settingsVersion: 1 } as const;
    this.#opening++;
    try {
      await engine.savePool(pool);
      const room = this.#furnish(pool);
      room.log("Pool created", { settings });
      return room;
    } finally {
      this.#opening--;
    }
  }

  /** Opens the pools of the server's last life as they were. */
  restore(): void {
    for (const pool of this.#options.engine.pools) this.#furnish(pool).goOn();
  }

  #furnish(pool: PoolRecord): PoolRoom {
    const { engine, logger } = this.#options;
    const noThreads = this.#noThreads;
    const cacheFolder = join(this.#cacheFolder, pool.id);
    const threads = pool.state === "closed"
      ? noThreads
      : this.#openThreads(pool.settings, cacheFolder, (loss) => room.lost(loss));
    const room = new PoolRoom(pool, { threads, noThreads, engine, logger });
    this.#rooms.set(pool.id, room);
    return room;
  }

  #openThreads(
    settings: PoolSettings,
    cacheFolder: string,
    onLoss: (loss: ThreadLoss) => void,
  ): ThreadPool {
    const { engine, codeFolders, env } = this.#options;
    return new ThreadPool({
      settings,
      encoding: "json",
      startThread: settings.isolation === "process" ? startChildThread : startWorkerThread,
      budget: this.#budgets[settings.isolation],
      codeFolders,
      env,
      cacheFolder,
      tally: this.tally,
      userMetrics: this.userMetrics,
      onHandOver: (attempts) => engine.handOver(attempts),
      onLoss,
    });
  }

  /** The pool with an id, if that is one. */
  find(id: string): PoolRoom | undefined {
    return this.#rooms.get(id as PoolId); // any other text is no key of it
  }

  /** @throws {LidoError} `pool_not_found`. */
  get(id: PoolId): PoolRoom {
    const room = this.#rooms.get(id);
    if (room !== undefined) return room;
    throw new LidoError("pool_not_found", `Cannot find pool: none has the id ${id}`);
  }

  /** Pools in the given states, or all that are not closed, oldest first. */
  list(states?: readonly PoolState[]): readonly PoolRoom[] {
    return [...this.#rooms.values()].filter(({ state }) =>
      states === undefined ? state !== "closed" : states.includes(state)
    );
  }

  /** What came of attempts of each type, with the time of those that run now. */
  runningTotals(): ReadonlyMap<string, TypeTotals> {
    const totals = this.tally.read();
    const nowMs = performance.now();
    for (const { threads } of this.list()) {
      for (const attempt of threads.slots.flatMap((slot) => slot.attempts())) {
        if (attempt.place !== "running") continue;
        const { name } = attempt.type;
        const before = totals.get(name) ?? NO_TOTALS;
        totals.set(name, { ...before, runMs: before.runMs + nowMs - attempt.beganMs });
      }
    }
    return totals;
  }

  /** The server ends: what runs may end up to the deadline, the rest is kept for its next life. */
  async suspend(deadlineMs: number): Promise<void> {
    await Promise.all([...this.#rooms.values()].map((room) => room.suspend(deadlineMs)));
    await Deno.remove(this.#cacheFolder, { recursive: true }).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  }

  /** Brings a suspension that is under way forward. */
  hurry(): void {
    for (const room of this.#rooms.values()) room.hurry();
  }
}
