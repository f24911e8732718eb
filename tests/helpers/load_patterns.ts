/** How tasks come and how long they run, in patterns: from a clock's to a crowd's. */
import type { Load } from "../../core/execution/load_trace.ts";
import { chance as chanceOf } from "./chance.ts";

type Chance = () => number;

function exponential(chance: Chance): number {
  return -Math.log(1 - chance());
}

function lognormal(chance: Chance): number {
  const normal = Math.sqrt(-2 * Math.log(1 - chance())) * Math.cos(2 * Math.PI * chance());
  return Math.exp(normal - 0.5);
}

/** How long a task runs; 1 on average. */
export const RUNS: Readonly<Record<string, (chance: Chance) => number>> = {
  constant: () => 1,
  uniform: (chance) => 0.5 + chance(),
  exponential,
  lognormal,
  bimodal: (chance) => chance() < 0.9 ? 0.2 : 8.2,
};

/** The time from one task to the next, 1 on average: each call makes the pattern anew. */
export const GAPS: Readonly<
  Record<string, (chance: Chance, busy: number) => () => number>
> = {
  steady: () => () => 1,
  poisson: (chance) => () => exponential(chance),
  /** A squared coefficient of variation of 4. */
  uneven: (chance) => {
    const share = 0.5 * (1 + Math.sqrt(3 / 5));
    return () => exponential(chance) / (2 * (chance() < share ? share : 1 - share));
  },
  /** Some at once, 5 on average. */
  batches: (chance) => () => chance() < 0.2 ? 5 * exponential(chance) : 0,
  /** 20 at once, at even times. */
  cron: () => {
    let task = 0;
    return () => task++ % 20 === 0 ? 20 : 0;
  },
  waves,
};

/** Tasks of one pattern that keep `busy` threads busy and run 1 s on average. */
export function loadOf(
  { gaps, runs, busy, tasks, seed }: {
    readonly gaps: string;
    readonly runs: string;
    readonly busy: number;
    readonly tasks: number;
    readonly seed: number;
  },
): Load {
  const chance = chanceOf(seed);
  const [nextGap, nextRun] = [GAPS[gaps]?.(chance, busy), RUNS[runs]];
  if (nextGap === undefined || nextRun === undefined) {
    throw new TypeError(`No pattern is ${gaps}, ${runs}`);
  }
  let nowMs = 0;
  return {
    arrivedMs: Float64Array.from({ length: tasks }, () => nowMs += nextGap() / busy * 1_000),
    runMs: Float64Array.from({ length: tasks }, () => nextRun(chance) * 1_000),
  };
}

/** Three times as many as on average for about 5 s, and then none for about 10 s. */
function waves(chance: Chance, busy: number): () => number {
  const waveGaps = 5 * busy;
  let left = exponential(chance) * waveGaps;
  return () => {
    let gap = exponential(chance) / 3;
    let passed = 0;
    while (gap > left) {
      passed += left + exponential(chance) * 2 * waveGaps;
      gap = exponential(chance) / 3;
      left = exponential(chance) * waveGaps;
    }
    left -= gap;
    return passed + gap;
  };
}
