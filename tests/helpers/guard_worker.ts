/**
 * A Web Worker with a realm guard: the guard changes the realm it watches, so a test must not have
 * it in its own. It is told what to do, and what the guard finds then goes into the answer.
 */
import { throws } from "node:assert/strict";
import { promisify } from "node:util";
import { type Owner, RealmGuard } from "../../core/execution/realm_guard.ts";

/** What a worker can be asked to do to its realm. */
export const DEEDS = [
  "nothing",
  "set Array.prototype",
  "set Object.prototype",
  "replace JSON.parse",
  "replace fetch",
  "add a global",
  "open a file",
  "start a worker",
  "use timers",
  "clear a timer twice",
  "throw in a timer",
  "leave an interval",
  "throw in an immediate",
  "leave an immediate",
  "clear an immediate",
  "use promisified timers",
  "leave a promisified timer",
  "use timers without a callback",
] as const;
/** What a worker can be asked to do to its realm. */
export type Deed = typeof DEEDS[number];

/** What is found after it. */
export interface Finding {
  readonly isPolluted: boolean;
  readonly damage: string | undefined;
  /** Timers of the deed that have not fired. */
  readonly timers: number;
  readonly thrown: readonly string[];
}

const me: Owner = { timers: 0 };

const ACTS: Record<Deed, () => void | Promise<void>> = {
  nothing() {},
  "set Array.prototype"() {
    Reflect.set(Array.prototype, "mine", 1);
  },
  "set Object.prototype"() {
    Reflect.set(Object.prototype, "mine", 1);
  },
  "replace JSON.parse"() {
    JSON.parse = () => 1;
  },
  "replace fetch"() {
    globalThis.fetch = () => Promise.reject(new Error("mine"));
  },
  "add a global"() {
    Reflect.set(globalThis, "mine", 1);
  },
  "open a file"() {
    Deno.openSync(new URL(import.meta.url));
  },
  "start a worker"() {
    new Worker("data:text/javascript,", { type: "module" }).terminate();
  },
  "use timers"() {
    return new Promise((resolve) => setTimeout(resolve, 1));
  },
  "clear a timer twice"() {
    const timer = setTimeout(() => {}, 1_000_000);
    clearTimeout(timer);
    clearTimeout(timer);
  },
  "throw in a timer"() {
    setTimeout(() => {
      throw new RangeError("from a timer");
    }, 0);
    return new Promise((resolve) => setTimeout(resolve, 1));
  },
  "leave an interval"() {
    setInterval(() => {}, 1_000_000);
  },
  "throw in an immediate"() {
    return new Promise((resolve) => {
      setImmediate((text: string) => {
        resolve();
        throw new RangeError(text);
      }, "from an immediate");
    });
  },
  "leave an immediate"() {
    setImmediate(() => {});
  },
  "clear an immediate"() {
    clearImmediate(setImmediate(() => {}));
  },
  async "use promisified timers"() {
    const given = [await promisify(setTimeout)(1, "a"), await promisify(setImmediate)("b")];
    if (given.join() !== "a,b") throw new Error(`They gave ${given}`);
  },
  "leave a promisified timer"() {
    promisify(setTimeout)(1_000_000);
  },
  "use timers without a callback"() {
    for (const start of [setTimeout, setInterval, setImmediate]) {
      throws(() => Reflect.apply(start, undefined, ["none", 1]), { code: "ERR_INVALID_ARG_TYPE" });
    }
  },
};

addEventListener("message", async (event) => {
  const { ports, data } = event as MessageEvent<Deed>; // the test sends nothing else
  const thrown: string[] = [];
  // As in a real thread, the port is there before the guard counts what is open.
  const guard = new RealmGuard((error, owner) =>
    thrown.push(`${error instanceof Error ? error.message : error}, ${owner === me}`)
  );
  await guard.owners.run(me, ACTS[data]);
  const { timers } = me;
  const isPolluted = guard.isPolluted();
  const finding: Finding = { isPolluted, damage: guard.findDamage(), timers, thrown };
  ports[0]?.postMessage(finding);
});
