/**
 * What a Web Worker of this runtime does when it is terminated in an endless loop, found out in a
 * process of its own: where the loop cannot be ended, it must not run on in the server.
 * Prints `ended` or `runs on`.
 */
import { watchForDeath } from "./death_watch.ts";

const LOCK = "self-test";
const PATIENCE_MS = 500;

const worker = new Worker(new URL("./self_test_worker.ts", import.meta.url), { type: "module" });
worker.onmessage = () => {
  worker.terminate();
  watchForDeath(LOCK, () => tell("ended"));
  setTimeout(() => tell("runs on"), PATIENCE_MS);
};

function tell(what: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(what));
  Deno.exit(0);
}
