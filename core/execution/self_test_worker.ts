/** The looping side of `self_test_main.ts`. */
import { holdWhileAlive } from "./death_watch.ts";

holdWhileAlive("self-test");
// The lock is asked for before this turn ends; then the loop begins.
setTimeout(() => {
  Reflect.apply(Reflect.get(globalThis, "postMessage"), globalThis, ["looping"]);
  for (;;);
});
