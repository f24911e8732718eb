/**
 * Walks of thousands of steps over all verbs of the engine, with restarts and deaths in between:
 * whatever it acknowledges or shows must agree with a small model of its promises. `TEST_STEPS` says
 * how many steps: CI goes the same way each time, a longer walk another. The seed is printed, and
 * `TEST_SEED` repeats it.
 */
import { chance } from "../helpers/chance.ts";
import { report } from "../helpers/report.ts";
import { EngineWalk } from "./engine_walk.ts";
import { burst } from "./walk_bursts.ts";
import { checkCounts, checkEvents, checkList } from "./walk_checks.ts";
import { submit, submitAgain } from "./walk_submits.ts";
import * as verbs from "./walk_verbs.ts";

const STEPS = Number(Deno.env.get("TEST_STEPS") ?? 10_000);
const SEED = Number(
  Deno.env.get("TEST_SEED") ?? (STEPS > 10_000 ? Math.floor(Math.random() * 2 ** 31) : 21),
);
/** Steps on one data folder. */
const WALK_STEPS = 500;

/** How often of a thousand each is chosen; what is left hands tasks over and ends them. */
const VERBS: readonly (readonly [number, verbs.Verb])[] = [
  [12, verbs.openPool],
  [15, verbs.changePolicy],
  [5, verbs.seal],
  [280, submit],
  [30, submitAgain],
  [40, verbs.cancel],
  [30, verbs.stop],
  [5, verbs.cancelPending],
  [30, verbs.get],
  [20, verbs.flush],
  [30, verbs.passTime],
  [40, checkList],
  [10, burst],
  [3, (walk) => walk.restart()],
  [2, verbs.die],
  [40, verbs.change],
  [205, verbs.endOne],
];

/** The share of steps after which counters are looked at. */
const CHECKED = 0.5;

Deno.test(`The local engine agrees with a model of its promises over ${STEPS} steps`, async () => {
  const random = chance(SEED);
  let [crashes, tasks] = [0, 0];
  for (let done = 0; done < STEPS; done += WALK_STEPS) {
    await using walk = await EngineWalk.open(random);
    for (let pool = 0; pool < 3; pool++) await verbs.openPool(walk);
    for (let step = 0; step < Math.min(WALK_STEPS, STEPS - done); step++) {
      const verb = choose(walk);
      try {
        await verb(walk);
        // Not after each step: a death shall find some that are not written.
        if (random() < CHECKED) await checkCounts(walk);
      } catch (error) {
        const where = `seed ${SEED}, step ${done + step} (${verb.name || "restart"})`;
        throw new Error(`The engine and the model differ: ${where}`, { cause: error });
      }
    }
    await checkEvents(walk);
    crashes += walk.crashes;
    tasks += walk.model.tasks.length;
  }
  report(`${STEPS} steps, ${tasks} tasks, ${crashes} deaths: all as promised (seed ${SEED})`);
});

function choose(walk: EngineWalk): verbs.Verb {
  let left = walk.below(1_000);
  for (const [often, verb] of VERBS) {
    left -= often;
    if (left < 0) return verb;
  }
  return verbs.handOver;
}
