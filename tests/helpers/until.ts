const LIMIT_MS = 30_000;
const LOOK_EVERY_MS = 5;

/** Waits for a fact that nobody tells; says which one did not come to be. */
export async function until(
  fact: string,
  isSo: () => boolean | Promise<boolean>,
): Promise<void> {
  const limitMs = performance.now() + LIMIT_MS;
  while (!await isSo()) {
    if (performance.now() > limitMs) throw new Error(`Not so within ${LIMIT_MS} ms: ${fact}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

/** Waits until none is left, however long that takes: what must not stop is that they become fewer. */
export async function untilNoneIsLeft(
  what: string,
  count: () => number | Promise<number>,
): Promise<void> {
  for (let left = await count(); left > 0;) {
    const before = left;
    await until(`fewer than ${before} ${what}`, async () => (left = await count()) < before);
  }
}
