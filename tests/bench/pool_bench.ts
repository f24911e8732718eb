/**
 * `deno task bench`: what Lido's own pools do on this machine, in both isolations. To compare pools,
 * use the harness that `contender_pool.ts` speaks to: absolute figures say little.
 */
import { fileURLToPath } from "node:url";
import { DirectPool } from "../../core/mod.ts";

const TASKS = 100_000;
const ROUND_TRIPS = 2_000;
const folder = new URL("./tasks/", import.meta.url);
const noop = { name: "noop", url: new URL("noop.task.ts", folder).href };

async function measure(isolation: "process" | "thread"): Promise<string> {
  await using pool = DirectPool.open({
    isolation,
    maxThreads: 2,
    codeFolders: [fileURLToPath(folder)],
  });
  await burst(pool, TASKS / 10);
  const seconds = await burst(pool, TASKS);
  const times: number[] = [];
  for (let at = 0; at < ROUND_TRIPS; at++) {
    const began = performance.now();
    await pool.run(noop, at);
    times.push(performance.now() - began);
  }
  times.sort((one, other) => one - other);
  const quantile = (share: number) =>
    Math.round(1_000 * (times[Math.floor(ROUND_TRIPS * share)] ?? 0));
  return `${isolation.padEnd(8)} ${
    Math.round(TASKS / seconds).toLocaleString("en")
  } empty tasks/s, ` +
    `round trip p50 ${quantile(0.5)} µs, p99 ${quantile(0.99)} µs`;
}

async function burst(pool: DirectPool, count: number): Promise<number> {
  const began = performance.now();
  await Promise.all(Array.from({ length: count }, (_, at) => pool.run(noop, at)));
  return (performance.now() - began) / 1_000;
}

for (const isolation of ["process", "thread"] as const) {
  Deno.stdout.writeSync(new TextEncoder().encode(`${await measure(isolation)}\n`));
}
