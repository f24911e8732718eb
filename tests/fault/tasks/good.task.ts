import { defineTask, z } from "lido";

/** Says what another task of the same thread could have left behind. */
function findTraces(): string[] {
  const traces: string[] = [];
  for (const key in {}) traces.push(`Object.prototype.${key}`);
  for (const key in []) traces.push(`Array.prototype.${key}`);
  const natives = { parse: JSON.parse, then: Promise.prototype.then, now: Date.now };
  for (const [name, native] of Object.entries(natives)) {
    if (!Function.prototype.toString.call(native).includes("[native code]")) traces.push(name);
  }
  if (Reflect.has(globalThis, "leftBehind")) traces.push("globalThis.leftBehind");
  return traces;
}

/** A task as they should be: it waits a little, says how far it is, and gives a result. */
export default defineTask({
  name: "good",
  description: "Waits three times, and says what it found changed",
  input: z.strictObject({}),
  async run(_input, ctx) {
    const ticks: number[] = [];
    for (let tick = 0; tick < 3; tick++) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      ctx.progress(tick, 3);
      ticks.push(tick);
    }
    return { ticks, traces: findTraces(), pid: Deno.pid };
  },
});
