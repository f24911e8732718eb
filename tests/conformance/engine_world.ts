import { v7 as uuidv7 } from "uuid";
import type {
  Engine,
  NewTask,
  PageRequest,
  PoolRecord,
  QueuePolicy,
} from "../../core/engine/engine.ts";
import { PoolId, PoolSettings } from "../../core/model/pool.ts";
import type { TaskFilter, TaskId } from "../../core/model/task.ts";
import { ScriptedRunner } from "../helpers/scripted_runner.ts";
import { newTask } from "../helpers/tasks_of_pool.ts";

/** Makes an engine that keeps so many ended tasks on record. */
export type MakeEngine = (options: { readonly finishedTasksMax: number }) => Promise<Engine>;

/** What a world is made with; the rest has a default. */
export interface WorldOptions {
  readonly queueCapacity?: number;
  readonly rejection?: "reject" | "wait" | "drop_oldest";
  readonly finishedTasksMax?: number;
}

/** An engine with one pool whose threads do what the test says. */
export class EngineWorld implements AsyncDisposable {
  readonly runner = new ScriptedRunner();

  private constructor(readonly engine: Engine, readonly poolId: PoolId) {}

  static async open(make: MakeEngine, options: WorldOptions = {}): Promise<EngineWorld> {
    const { queueCapacity = 1_000, rejection = "reject", finishedTasksMax = 1_000 } = options;
    const world = new EngineWorld(await make({ finishedTasksMax }), newPoolId());
    await world.addPool({ queueCapacity, rejection }, world.poolId);
    return world;
  }

  /** A world around an engine that has its pool on record. */
  static around(engine: Engine, poolId: PoolId): EngineWorld {
    return new EngineWorld(engine, poolId);
  }

  /** Goes on with a pool that an engine has on record. */
  static reopen(engine: Engine, pool: PoolRecord): EngineWorld {
    const world = new EngineWorld(engine, pool.id);
    engine.attach(pool.id, world.runner, pool.settings);
    return world;
  }

  /** Puts a further pool on record, with the same threads unless told otherwise. */
  async addPool(
    changes: Partial<QueuePolicy> = {},
    id = newPoolId(),
    runner = this.runner,
  ): Promise<PoolId> {
    const settings = PoolSettings.parse({ name: "a pool", ...changes });
    const pool = { id, state: "running", createdAtMs: 0, settings, settingsVersion: 1 } as const;
    await this.engine.savePool(pool);
    this.engine.attach(id, runner, settings);
    return id;
  }

  /** Changes how the pool's queue takes tasks. */
  setPolicy(changes: Partial<QueuePolicy>): void {
    this.engine.setPolicy(this.poolId, PoolSettings.parse({ name: "a pool", ...changes }));
  }

  /** One page of all that has happened. */
  async list(filter: TaskFilter, request: PageRequest) {
    await this.engine.flush();
    return await this.engine.list(filter, request);
  }

  task(changes: Partial<NewTask> = {}): NewTask {
    return newTask({ poolId: this.poolId, ...changes });
  }

  /** Enqueues tasks one by one; gives their ids. */
  async fill(count: number): Promise<readonly TaskId[]> {
    const ids: TaskId[] = [];
    for (let at = 0; at < count; at++) {
      const [enqueued] = await this.engine.enqueue([this.task()]);
      if (enqueued !== undefined) ids.push(enqueued.id);
    }
    return ids;
  }

  /** A task's state after all that has happened. */
  async stateOf(id: TaskId): Promise<string> {
    await this.engine.flush();
    return (await this.engine.get(id)).status.state;
  }

  /** The ids of one page. */
  async page(request: PageRequest, filter: TaskFilter = {}): Promise<readonly TaskId[]> {
    return (await this.list(filter, request)).tasks.map(({ id }) => id);
  }

  /** The counters that are not 0. */
  counts(poolId?: PoolId): Record<string, number> {
    return Object.fromEntries(
      Object.entries(this.engine.counts(poolId)).filter(([, count]) => count > 0),
    );
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve(this.engine[Symbol.asyncDispose]());
  }
}

/** An id of a pool. */
export function newPoolId(): PoolId {
  return PoolId.parse(uuidv7());
}
