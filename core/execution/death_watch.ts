/**
 * Proof that a Web Worker is dead. Its entry holds a Web Lock as long as it lives, and the runtime
 * frees that lock when the thread has really ended: neither `terminate()` nor an event says as much
 * (a worker that exits by itself raises none, and one in an endless loop outlives `terminate()`).
 */

/** The part of the Web Locks API that is used here; Deno has it, its types do not. */
interface LockManager {
  request(
    name: string,
    options: { signal?: AbortSignal },
    whenGranted: () => void | Promise<void>,
  ): Promise<void>;
}
const locks = Reflect.get(navigator, "locks") as LockManager;

/** Thread: holds the lock until the thread ends. */
export function holdWhileAlive(lockName: string): void {
  locks.request(lockName, {}, () => new Promise(() => {}));
}

/** Calls `onDeath` once the holder of the lock is gone; gives a function that stops watching. */
export function watchForDeath(lockName: string, onDeath: () => void): () => void {
  const watch = new AbortController();
  locks.request(lockName, { signal: watch.signal }, onDeath).catch((error: unknown) => {
    if (!watch.signal.aborted) throw error;
  });
  return () => watch.abort();
}
