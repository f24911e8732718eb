/**
 * A map of what comes and goes quickly: requests, reads, tasks that run.
 *
 * A `Map` or a `Set` keeps much of that alive for long after it was deleted. When V8 makes a new
 * table for one, the old table points to the new one and to all that was in it; once a table is old
 * enough, only a full collection asks whether anybody still needs it, and until then each of its
 * successors is kept, with what they hold. So nothing that passes through a busy `Map` dies young.
 * Here a table holds a box, and the box is empty once its value is deleted.
 */
export class TransientMap<Key extends string | number, Value> {
  readonly #boxes = new Map<Key, Box<Value>>();

  /** How many there are. */
  get size(): number {
    return this.#boxes.size;
  }

  has(key: Key): boolean {
    return this.#boxes.has(key);
  }

  get(key: Key): Value | undefined {
    return this.#boxes.get(key)?.value;
  }

  set(key: Key, value: Value): void {
    const box = this.#boxes.get(key);
    if (box === undefined) this.#boxes.set(key, { value });
    else box.value = value;
  }

  /** Deletes one, and gives it. */
  take(key: Key): Value | undefined {
    const box = this.#boxes.get(key);
    if (box === undefined) return undefined;
    this.#boxes.delete(key);
    const { value } = box;
    box.value = undefined;
    return value;
  }

  /** In the order in which they came. */
  keys(): Iterable<Key> {
    return this.#boxes.keys();
  }

  /** In the order in which they came; those that are deleted meanwhile are left out. */
  *values(): Iterable<Value> {
    for (const { value } of this.#boxes.values()) yield value as Value; // full while it is there
  }
}

interface Box<Value> {
  value: Value | undefined;
}
