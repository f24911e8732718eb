/**
 * An engine on a data folder, the model that it must agree with, and its lives: it is closed and
 * opened again, or dies. A death is a copy of the folder's files, made while the old engine goes on:
 * the copy is made without a pause of this thread, which alone writes the ledger, and the journal's
 * write-ahead file only ever grows meanwhile, so it holds what a `kill -9` at the copy's end leaves.
 */
import { deepStrictEqual, ok } from "node:assert/strict";
import { join } from "node:path";
import { v7 as uuidv7 } from "uuid";
import type { LocalEngine } from "../../core/engine/local/local_engine.ts";
import { SHUTDOWN_CAUSE } from "../../core/execution/attempt.ts";
import { LidoError } from "../../core/model/errors.ts";
import { PoolId, PoolSettings } from "../../core/model/pool.ts";
import { isFinal } from "../../core/model/task_state.ts";
import { type FakeClock, fakeClock } from "../helpers/fake_clock.ts";
import { openEngine } from "../helpers/open_engine.ts";
import { attemptOf, Model, type ModelEvent, type ModelTask, stateOf } from "./model.ts";
import { ModelRunner } from "./model_runner.ts";

/** Waiting tasks of a pool in memory: few, so that its edge is crossed all the time. */
const WINDOW_TASKS = 8;
/** What a death leaves, in this order: the write-ahead file last, for it may grow. */
const FILES = ["running.ledger", "journal.sqlite", "journal.sqlite-wal"];

/** See the head of this file. */
export class EngineWalk implements AsyncDisposable {
  readonly model = new Model();
  readonly clock: FakeClock = fakeClock();
  runners = new Map<PoolId, ModelRunner>();
  /** Counts the engine's lives: what an earlier one still answers does not count. */
  life = 1;
  crashes = 0;
  #engine: LocalEngine | undefined;

  private constructor(readonly random: () => number, readonly folder: string) {}

  static async open(random: () => number): Promise<EngineWalk> {
    const walk = new EngineWalk(random, await Deno.makeTempDir({ prefix: "lido-model-" }));
    walk.#engine = await walk.#openEngine();
    return walk;
  }

  get engine(): LocalEngine {
    if (this.#engine === undefined) throw new TypeError("Cannot ask engine: it is closed");
    return this.#engine;
  }

  /** A whole number from 0 to below `count`. */
  below(count: number): number {
    return Math.floor(this.random() * count);
  }

  /** One of a list; undefined when it is empty. */
  pick<Item>(list: readonly Item[]): Item | undefined {
    return list[this.below(list.length)];
  }

  runner(id: PoolId): ModelRunner {
    const runner = this.runners.get(id);
    if (runner === undefined) throw new TypeError(`Cannot find the threads of pool ${id}`);
    return runner;
  }

  /** Puts a pool on record. */
  async openPool(changes: Partial<PoolSettings>): Promise<void> {
    const id = PoolId.parse(uuidv7());
    const settings = PoolSettings.parse({ name: "a pool", ...changes });
    const createdAtMs = this.clock.nowMs();
    const pool = { id, state: "running", createdAtMs, settings, settingsVersion: 1 } as const;
    await this.engine.savePool(pool);
    this.model.pools.set(id, {
      id,
      settings,
      version: 1,
      isSealed: false,
      rejected: 0,
      rejectedKept: 0,
    });
    this.model.allKept();
    this.#attach(id);
  }

  /** The server ends by itself: of what runs some comes back first, and some is cut off. */
  async restart(): Promise<void> {
    const { model } = this;
    for (const one of model.tasks.filter(({ handed }) => handed === "yes")) {
      if (isFinal(stateOf(one)) || this.random() < 0.5) continue;
      this.runner(one.task.poolId).interrupt(one.task.id, SHUTDOWN_CAUSE);
      // One that had not begun comes back as the same attempt.
      if (stateOf(one) === "running") model.happened(one, "requeue", attemptOf(one) + 1);
      one.handed = "no";
    }
    for (const one of model.tasks) if (one.handed === "maybe") one.handed = "no";
    model.allKept();
    await this.engine[Symbol.asyncDispose]();
    this.#engine = await this.#openEngine();
    await this.#goOn(false);
  }

  /** The server dies now. */
  async crash(): Promise<void> {
    const dead = this.engine;
    const from = this.#data;
    this.life++;
    this.crashes++;
    Deno.mkdirSync(this.#data, { mode: 0o700 });
    for (const name of FILES) {
      const bytes = readIfThere(join(from, name));
      if (bytes !== undefined) Deno.writeFileSync(join(this.#data, name), bytes);
    }
    const buried = dead[Symbol.asyncDispose]();
    this.#engine = await this.#openEngine();
    await buried;
    await Deno.remove(from, { recursive: true });
    await this.#goOn(true);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#engine?.[Symbol.asyncDispose]();
    await Deno.remove(this.folder, { recursive: true });
  }

  get #data(): string {
    return join(this.folder, `life-${this.life}`);
  }

  #openEngine(): Promise<LocalEngine> {
    // In every other life all that is written waits in the inbox first.
    const inboxRowsMin = this.life % 2 === 0 ? 0 : 256;
    return openEngine(this.#data, { clock: this.clock, windowTasks: WINDOW_TASKS, inboxRowsMin });
  }

  #attach(id: PoolId): void {
    const runner = new ModelRunner();
    this.runners.set(id, runner);
    this.engine.attach(id, runner, this.model.pool(id).settings);
  }

  /** Compares what the engine found with what may have been, takes that over, and goes on. */
  async #goOn(isCrash: boolean): Promise<void> {
    const { model, engine } = this;
    const absent = new Set<ModelTask>();
    for (const one of model.tasks) {
      if (!one.isPruned && !await this.#reconcile(one, isCrash)) absent.add(one);
    }
    for (const one of absent) {
      const twins = model.tasks.filter(({ batch }) => batch === one.batch);
      ok(twins.every((twin) => absent.has(twin)), `Part of a batch is gone: ${one.task.id}`);
    }
    model.tasks = model.tasks.filter((one) => !absent.has(one));
    deepStrictEqual(
      engine.pools.map(({ id, settings, settingsVersion }) => [id, settings, settingsVersion]),
      [...model.pools.values()].map(({ id, settings, version }) => [id, settings, version]),
    );
    for (const pool of model.pools.values()) {
      const { rejected } = engine.counts(pool.id);
      const least = isCrash ? pool.rejectedKept : pool.rejected;
      ok(rejected >= least && rejected <= pool.rejected, `${rejected} refusals are counted`);
      pool.rejected = pool.rejectedKept = rejected;
    }
    this.runners = new Map();
    for (const pool of engine.pools) this.#attach(pool.id);
    for (const { id, isSealed, settings } of model.pools.values()) {
      if (isSealed) engine.seal(id);
      if (settings.durability !== "memory") continue;
      await engine.whenIdle(id);
      for (const one of model.inState("pending", id)) model.happened(one, "cancel");
    }
    await engine.flush();
    model.allKept();
  }

  /** Takes over what is on record of a task; false if it may be, and is, gone. */
  async #reconcile(one: ModelTask, isCrash: boolean): Promise<boolean> {
    const { model } = this;
    const seen = await this.readEvents(one);
    if (seen === undefined) {
      if (one.kept === 0) return false;
      one.isPruned = model.isPrunable(one);
      ok(one.isPruned, `Task ${one.task.id} is lost: it was ${JSON.stringify(one.events)}`);
      return true;
    }
    const least = isCrash ? Math.max(1, one.kept) : one.events.length;
    const mayBe: { readonly events: ModelEvent[]; readonly next: ModelEvent | undefined }[] = [];
    for (let length = one.events.length; length >= least; length--) {
      const before = one.events.slice(0, length);
      for (const after of model.afterEnd(one, before, isCrash)) {
        mayBe.push({ events: [...before, ...after], next: after[0] });
      }
    }
    const text = JSON.stringify(seen);
    const found = mayBe.find(({ events }) => JSON.stringify(events) === text);
    if (found === undefined) {
      deepStrictEqual(seen, mayBe[0]?.events, `Task ${one.task.id} may not be what it is`);
    }
    one.events = seen;
    one.kept = seen.length;
    one.isSuspect = found?.next?.event === "recover";
    if (!isFinal(stateOf(one)) || await this.#isPoisonous(one)) one.ending = null;
    if (isCrash && one.isSuspect) one.deaths++;
    if (found?.next?.event === "fail") ok(await this.#isPoisonous(one), "It failed otherwise");
    one.handed = "no";
    return true;
  }

  /** Whether it was given up; its events alone do not tell that from a failure of its own. */
  async #isPoisonous({ task }: ModelTask): Promise<boolean> {
    const { status } = await this.engine.get(task.id);
    return status.state === "failed" && status.failure.code === "poisonous";
  }

  /** What the engine has of a task's events; undefined when it does not know the task. */
  async readEvents({ task }: ModelTask): Promise<ModelEvent[] | undefined> {
    try {
      const events = await this.engine.readEvents(task.id);
      return events.map(({ event, attempt }) => ({ event, attempt }));
    } catch (error) {
      if (error instanceof LidoError && error.code === "task_not_found") return undefined;
      throw error;
    }
  }
}

function readIfThere(path: string): Uint8Array | undefined {
  try {
    return Deno.readFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
