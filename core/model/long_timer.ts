/** The longest that a timer of the runtime takes: one that is longer ends at once. */
const TIMER_MAX_MS = 2 ** 31 - 1;

/** Acts after so many milliseconds, however many; gives a function that prevents it. */
export function startLongTimer(ms: number, act: () => void): () => void {
  let timer: ReturnType<typeof setTimeout>;
  const wait = (leftMs: number) => {
    timer = leftMs > TIMER_MAX_MS
      ? setTimeout(() => wait(leftMs - TIMER_MAX_MS), TIMER_MAX_MS)
      : setTimeout(act, leftMs);
  };
  wait(ms);
  return () => clearTimeout(timer);
}
