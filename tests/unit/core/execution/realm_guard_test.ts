import { deepStrictEqual } from "node:assert/strict";
import type { Deed, Finding } from "../../../helpers/guard_worker.ts";
import { within } from "../../../helpers/within.ts";

/** What the guard of a fresh Web Worker finds after a deed. */
async function findingAfter(deed: Deed): Promise<Finding> {
  const worker = new Worker(import.meta.resolve("../../../helpers/guard_worker.ts"), {
    type: "module",
  });
  const { port1, port2 } = new MessageChannel();
  const { promise, resolve } = Promise.withResolvers<Finding>();
  port1.onmessage = ({ data }) => resolve(data);
  try {
    worker.postMessage(deed, [port2]);
    return await within(`the guard was asked after: ${deed}`, promise);
  } finally {
    port1.close();
    worker.terminate();
  }
}

const FINE: Finding = { isPolluted: false, damage: undefined, timers: 0, thrown: [] };
const CHANGED = "it changed built-in objects";

const CASES: readonly (readonly [Deed, Partial<Finding>])[] = [
  ["nothing", {}],
  ["set Array.prototype", { isPolluted: true, damage: CHANGED }],
  ["set Object.prototype", { isPolluted: true, damage: CHANGED }],
  ["replace JSON.parse", { damage: CHANGED }],
  ["replace fetch", { damage: CHANGED }],
  ["add a global", { damage: CHANGED }],
  ["open a file", { damage: "it left files or connections open" }],
  ["start a worker", { damage: "it started a worker" }],
  ["use timers", {}],
  ["clear a timer twice", {}],
  ["throw in a timer", { thrown: ["from a timer, true"] }],
  ["leave an interval", { timers: 1 }],
  ["throw in an immediate", { thrown: ["from an immediate, true"] }],
  ["leave an immediate", { timers: 1 }],
  ["clear an immediate", {}],
  ["use promisified timers", {}],
  ["leave a promisified timer", { timers: 1 }],
  ["use timers without a callback", {}],
];

for (const [deed, found] of CASES) {
  Deno.test(`RealmGuard after a task that did this: ${deed}`, async () => {
    deepStrictEqual(await findingAfter(deed), { ...FINE, ...found });
  });
}
