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
