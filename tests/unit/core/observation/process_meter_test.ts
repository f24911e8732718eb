import { ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { bucketOf } from "../../../../core/execution/histogram.ts";
import { ProcessMeter } from "../../../../core/observation/process_meter.ts";
import { until } from "../../../helpers/until.ts";

Deno.test("ProcessMeter counts how late timers of its thread are", async () => {
  const folder = await Deno.makeTempDir();
  using meter = new ProcessMeter(folder, 5);
  meter.start();
  await until("a timer was in time", () => countFrom(meter, 0) > 0);
  const before = countFrom(meter, 200_000);
  const untilMs = performance.now() + 450;
  while (performance.now() < untilMs); // the thread does not look at its timers
  await until("one was late", () => countFrom(meter, 200_000) > before);
  const { startedAtMs, cpuMs, memory, diskFreeBytes = 0 } = meter.facts();
  strictEqual(startedAtMs, 5);
  ok(cpuMs > 0 && memory.rss > 0 && diskFreeBytes > 0);
  await Deno.remove(folder);
});

Deno.test("ProcessMeter tells the memory that the process had a moment ago", async () => {
  using meter = new ProcessMeter(Deno.cwd(), 0);
  meter.start();
  const before = meter.memoryBytes;
  ok(before > 0);
  const held = new Uint8Array(64 * 1024 * 1024).fill(1);
  await until("it has more", () => meter.memoryBytes > before + held.length / 2);
});

Deno.test("ProcessMeter tells of no disk whose folder is gone", () => {
  using meter = new ProcessMeter(join(Deno.cwd(), "not-there"), 0);
  strictEqual(meter.facts().diskFreeBytes, undefined);
});

/** How many timers were later than so many microseconds. */
function countFrom(meter: ProcessMeter, us: number): number {
  const { delays } = meter.facts();
  let count = 0;
  for (let bucket = bucketOf(us); bucket < delays.length; bucket++) count += delays[bucket] ?? 0;
  return count;
}
