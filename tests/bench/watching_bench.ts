/**
 * `deno task bench:watching`: what all watching together costs a pool that does nothing else. Servers
 * take turns in one run: one keeps its history, measures itself and is scraped each second, the other
 * does none of it. The ratio of their medians is the figure.
 */
import { fileURLToPath } from "node:url";
import { Config, expose, Manager, type PoolId } from "../../core/mod.ts";
import { median } from "../helpers/median.ts";
import { say, sleep } from "./bench.ts";

const TASKS = 100_000;
const BATCH = 5_000;
const TURNS = 15;
const SCRAPE_MS = 1_000;

interface Server {
  readonly manager: Manager;
  readonly poolId: PoolId;
  readonly rates: number[];
}

async function start(isWatched: boolean): Promise<Server> {
  const tasks = fileURLToPath(new URL("./tasks/", import.meta.url));
  const config = Config.parse({ data: ":memory:", tasks });
  const manager = await Manager.start({ config, isWatched });
  const { id: poolId } = await manager.createPool({
    name: "bench",
    isolation: "thread",
    maxThreads: 2,
    durability: "memory",
    queueCapacity: TASKS,
  });
  return { manager, poolId, rates: [] };
}

async function turn({ manager, poolId, rates }: Server): Promise<void> {
  const before = manager.getStats().counts.completed;
  const beganMs = performance.now();
  const task = { poolId, type: "noop", input: null, priority: 0, tags: [] };
  for (let at = 0; at < TASKS; at += BATCH) {
    await manager.submitBatch(Array.from({ length: BATCH }, () => task));
  }
  while (manager.getStats().counts.completed - before < TASKS) await sleep(1);
  rates.push(TASKS / (performance.now() - beganMs) * 1_000);
}

const [watched, alone] = [await start(true), await start(false)];
for (const server of [watched, alone]) await turn(server); // V8 compiles what runs often
watched.rates.length = alone.rates.length = 0;
for (let at = 0; at < TURNS; at++) {
  const scraping = setInterval(() => void expose(watched.manager.readMetrics()), SCRAPE_MS);
  await turn(watched);
  clearInterval(scraping);
  await turn(alone);
}
const [seen, unseen] = [median(watched.rates), median(alone.rates)];
say(
  `watched ${Math.round(seen)} tasks/s, alone ${Math.round(unseen)}: ${
    (100 * (1 - seen / unseen)).toFixed(1)
  } % less (medians of ${TURNS} turns each)`,
);
Deno.exit(0);
