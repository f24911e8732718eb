const LIMIT_MS = 30_000;

/** Waits for a promise; says which fact did not come to be. */
export async function within<Value>(fact: string, promise: Promise<Value>): Promise<Value> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Error(`Not so within ${LIMIT_MS} ms: ${fact}`)),
    LIMIT_MS,
  );
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
