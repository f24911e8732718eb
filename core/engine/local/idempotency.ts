/**
 * Idempotency keys: a second submit with a key that its pool has on record gives the first one's
 * task. Keys are on disk; here are those that a read of the disk may have missed: of tasks that are
 * being written, or were written while somebody still looks at what an earlier read told.
 */
import { LidoError } from "../../model/errors.ts";
import type { Enqueued, NewTask } from "../engine.ts";
import type { StoredTask } from "./journal/stored_task.ts";
import { taskOf } from "./stored_snapshot.ts";

/** A key's task, and when it is on disk. */
interface Claim {
  readonly task: NewTask;
  readonly written: Promise<void>;
}

/** One enqueue, from its first look at the disk to its end. */
export class KeyLook {
  /** What the disk had when it was read. */
  readonly found = new Map<string, NewTask>();
}

/** See the head of this file. */
export class IdempotencyKeys {
  readonly #claims = new Map<string, Claim>();
  /** Enqueues that look, in the order in which they began, and after which of them a claim goes. */
  readonly #looks = new Set<KeyLook>();
  #leaving: { readonly key: string; readonly claim: Claim; readonly looks: Set<KeyLook> }[] = [];

  /** Reads what the disk has of the tasks' keys; {@link end} must follow. */
  async begin(
    tasks: readonly NewTask[],
    read: (task: NewTask) => Promise<StoredTask | undefined>,
  ): Promise<KeyLook> {
    const look = new KeyLook();
    const keyed = tasks.filter(({ idempotencyKey }) => idempotencyKey !== null);
    if (keyed.length === 0) return look;
    this.#looks.add(look);
    try {
      await Promise.all(keyed.map(async (task) => {
        const row = await read(task);
        if (row !== undefined) look.found.set(keyOf(task), taskOf(row, undefined));
      }));
    } catch (error) {
      this.end(look);
      throw error;
    }
    return look;
  }

  /** The enqueue came to its end. */
  end(look: KeyLook): void {
    if (!this.#looks.delete(look) || this.#leaving.length === 0) return;
    this.#leaving = this.#leaving.filter(({ key, claim, looks }) => {
      looks.delete(look);
      if (looks.size > 0) return true;
      if (this.#claims.get(key) === claim) this.#claims.delete(key);
      return false;
    });
  }

  /**
   * Those that are not on record; of some with one key, the first.
   * @throws {LidoError} `idempotency_conflict` if a key came with another task.
   */
  freshOf(tasks: readonly NewTask[], look: KeyLook): readonly NewTask[] {
    const byKey = new Map<string, NewTask>();
    return tasks.filter((task) => {
      if (task.idempotencyKey === null) return true;
      const key = keyOf(task);
      const twin = this.#claims.get(key)?.task ?? look.found.get(key) ?? byKey.get(key);
      if (twin !== undefined) checkSame(twin, task);
      else byKey.set(key, task);
      return twin === undefined;
    });
  }

  /** These are being written; gives what became of all `tasks`, once those with their keys are. */
  claim(
    tasks: readonly NewTask[],
    look: KeyLook,
    fresh: readonly NewTask[],
    written: Promise<void>,
  ): () => Promise<readonly Enqueued[]> {
    for (const task of fresh) {
      if (task.idempotencyKey !== null) this.#keep(keyOf(task), { task, written });
    }
    const isFresh = new Set(fresh);
    const firsts = tasks.map((task) => isFresh.has(task) ? undefined : this.#first(task, look));
    return async () => {
      // A twin may still be on its way to the disk.
      for (const first of firsts) await first?.written;
      return tasks.map(({ id }, at) => ({ id: firsts[at]?.task.id ?? id, isNew: !firsts[at] }));
    };
  }

  #first(task: NewTask, look: KeyLook): Claim | undefined {
    const key = keyOf(task);
    const found = look.found.get(key);
    return this.#claims.get(key) ?? (found && { task: found, written: Promise.resolve() });
  }

  #keep(key: string, claim: Claim): void {
    this.#claims.set(key, claim);
    claim.written.then(() => {
      const looks = new Set(this.#looks);
      if (looks.size > 0) this.#leaving.push({ key, claim, looks });
      else this.#claims.delete(key);
    }, () => this.#claims.delete(key));
  }
}

/** What a key is found by: pools do not share keys. */
function keyOf({ poolId, idempotencyKey }: NewTask): string {
  return `${poolId}:${idempotencyKey}`;
}

/** @throws {LidoError} `idempotency_conflict` if a later submission with a key is not the first one. */
function checkSame(first: NewTask, other: NewTask): void {
  // The pool's own may have been changed since.
  const isSameTimeout = other.isTimeoutOfPool || first.runTimeoutMs === other.runTimeoutMs;
  if (isSameTimeout && fingerprintOf(first) === fingerprintOf(other)) return;
  throw new LidoError(
    "idempotency_conflict",
    `Cannot submit task: the key ${JSON.stringify(other.idempotencyKey)} came with another task`,
  );
}

/** What must be the same: not the priority, which may have been changed since. */
function fingerprintOf({ name, type, inputJson, tags }: NewTask): string {
  return JSON.stringify([name, type.name, inputJson, tags]);
}
