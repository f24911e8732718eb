/** The pools on record: their numbers in the journal, and what was saved of each last. */
import { LidoError } from "../../model/errors.ts";
import type { PoolId } from "../../model/pool.ts";
import type { ChangeNote, PoolRecord } from "../engine.ts";
import type { Change } from "./journal/group.ts";

/** See the head of this file. */
export class PoolShelf {
  readonly #numbers = new Map<PoolId, number>();
  readonly #pools = new Map<PoolId, PoolRecord>();
  readonly #waiting = new Map<PoolId, readonly number[]>();
  #lastNumber = 0;

  /** Puts a pool here that is on record; `waiting` are the priorities of which tasks wait on disk. */
  add(number: number, pool: PoolRecord, waiting: readonly number[]): void {
    this.#numbers.set(pool.id, number);
    this.#pools.set(pool.id, pool);
    this.#waiting.set(pool.id, waiting);
    this.#lastNumber = Math.max(this.#lastNumber, number);
  }

  /** All of them, oldest first. */
  get pools(): readonly PoolRecord[] {
    return [...this.#pools.values()];
  }

  /** Priorities of which tasks waited on disk when the journal was opened. */
  waiting(poolId: PoolId): readonly number[] {
    return this.#waiting.get(poolId) ?? [];
  }

  /** Whether a pool was closed. */
  isClosed(poolId: PoolId): boolean {
    return this.#pools.get(poolId)?.state === "closed";
  }

  /** How a pool is called. */
  nameOf(poolId: PoolId): string {
    return this.#pools.get(poolId)?.settings.name ?? poolId;
  }

  /** @throws {LidoError} `pool_not_found`. */
  numberOf(poolId: PoolId): number {
    const number = this.#numbers.get(poolId);
    if (number !== undefined) return number;
    throw new LidoError("pool_not_found", `Cannot find pool: none has the id ${poolId}`);
  }

  /** Takes a pool, or what changed of it, that is on record now. */
  put(pool: PoolRecord): void {
    this.#pools.set(pool.id, pool);
  }

  /** What is to be written of a pool; a new one has its number from then on. */
  changeOf(pool: PoolRecord, nowMs: number, note: ChangeNote): Change {
    let number = this.#numbers.get(pool.id);
    if (number === undefined) this.#numbers.set(pool.id, number = ++this.#lastNumber);
    return {
      kind: "pool",
      number,
      id: pool.id,
      state: pool.state,
      createdAtMs: Math.round(pool.createdAtMs),
      version: pool.settingsVersion,
      atMs: Math.round(nowMs),
      author: note.author ?? null,
      reason: note.reason ?? null,
      settings: JSON.stringify(pool.settings),
    };
  }
}
