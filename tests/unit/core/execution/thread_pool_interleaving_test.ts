/** A pool whose threads the test moves: whatever order things happen in, nothing is lost. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { ThreadBudget } from "../../../../core/execution/thread_budget.ts";
import { ThreadPool } from "../../../../core/execution/thread_pool.ts";
import { PoolSettings, type PoolSettingsInput } from "../../../../core/model/pool.ts";
import { ScriptedThread } from "../../../helpers/scripted_thread.ts";
import { WatchedAttempt } from "../../../helpers/watched_attempt.ts";

const STEPS_MAX = 20_000;

/** What a caller may do between two steps of the threads. */
const MOVES = ["withdraw", "stop", "end", "pause", "resume", "resize", "crash"] as const;
type Move = typeof MOVES[number];

class World {
  readonly threads: ScriptedThread[] = [];
  readonly attempts: WatchedAttempt[] = [];
  readonly answers: { readonly attempt: WatchedAttempt; wasWithdrawn?: boolean }[] = [];
  readonly pool: ThreadPool;
  readonly #settings: PoolSettings;

  constructor(settings: Partial<PoolSettingsInput>) {
    this.#settings = PoolSettings.parse({ name: "test", maxThreads: 3, ...settings });
    this.pool = new ThreadPool({
      settings: this.#settings,
      encoding: "json",
      startThread: (_settings, listener) => {
        const thread = new ScriptedThread(listener);
        this.threads.push(thread);
        return thread;
      },
      budget: new ThreadBudget(100, 100),
      codeFolders: [],
      env: {},
      cacheFolder: "",
    });
  }

  get deaths(): number {
    return this.threads.filter(({ isDead }) => isDead).length;
  }

  submit(): void {
    const attempt = new WatchedAttempt({ input: this.attempts.length, taskId: "t" });
    this.attempts.push(attempt);
    this.pool.submit(attempt);
  }

  /** Lets one thing happen, if anything can. */
  async step(choice: number): Promise<boolean> {
    const steps = this.threads.flatMap((thread) => thread.steps());
    steps[choice % Math.max(1, steps.length)]?.();
    await settleMicrotasks();
    return steps.length > 0;
  }

  move(move: Move, choice: number): void {
    const attempt = this.attempts[choice % Math.max(1, this.attempts.length)];
    // One that dies before it had a task is tried again after a while, which is another test.
    const live = this.threads.filter(({ isDead, wasGiven }) => wasGiven && !isDead);
    if (move === "pause") this.pool.pause();
    else if (move === "resume") this.pool.resume();
    else if (move === "resize") {
      this.pool.change({ ...this.#settings, maxThreads: 1 + choice % 4 });
    } else if (move === "crash") live[choice % Math.max(1, live.length)]?.die();
    else if (attempt === undefined) return;
    else if (move === "withdraw") this.#withdraw(attempt);
    else this.pool.stop(attempt, move === "end" ? 0 : 3_600_000, "stopped");
  }

  /** Everything goes on, fairly, until nothing is left to do. */
  async finish(): Promise<void> {
    this.pool.resume();
    await settleMicrotasks();
    for (let at = 0; !this.attempts.every(({ outcome }) => outcome); at++) {
      ok(at < STEPS_MAX && await this.step(at), "something waits for ever");
    }
    const closed = this.pool.close();
    let isClosed = false;
    closed.then(() => isClosed = true);
    await settleMicrotasks();
    for (let at = 0; !isClosed; at++) ok(at < STEPS_MAX && await this.step(at), "close() waits");
  }

  #withdraw(attempt: WatchedAttempt): void {
    const answer: { attempt: WatchedAttempt; wasWithdrawn?: boolean } = { attempt };
    this.answers.push(answer);
    Promise.resolve(this.pool.withdraw(attempt, "withdrawn"))
      .then((wasWithdrawn) => answer.wasWithdrawn = wasWithdrawn);
  }
}

async function settleMicrotasks(): Promise<void> {
  for (let at = 0; at < 5; at++) await Promise.resolve();
}

/** What holds of every attempt, whatever happened. */
function check({ attempts, answers, threads, deaths, pool }: World): void {
  for (const { events, input } of attempts) {
    const ends = events.filter((event) => ["done", "failed", "cancelled"].includes(event));
    strictEqual(ends.length, 1, `${input}: ${events}`);
    strictEqual(events.at(-1), ends[0], `${input}: ${events}`);
  }
  for (const { attempt, wasWithdrawn } of answers) {
    ok(wasWithdrawn !== undefined, "a withdrawal was never answered");
    if (wasWithdrawn) strictEqual(attempt.outcome?.kind, "cancelled");
  }
  deepStrictEqual([pool.queued, pool.isIdle, pool.slots.length], [0, true, 0]);
  if (deaths > 0) return;
  const begun = threads.flatMap((thread) => thread.begun);
  strictEqual(new Set(begun).size, begun.length, "an attempt was begun twice");
}

/** What was cancelled unbegun did not begin; and nothing begins twice while no thread dies. */
function checkBegun({ attempts, threads }: World, hadDeath: boolean): void {
  if (hadDeath) return;
  const begun = threads.flatMap((thread) => thread.begun);
  strictEqual(new Set(begun).size, begun.length, "an attempt was begun twice");
  for (const { outcome, input } of attempts) {
    const isUnbegun = outcome?.kind === "cancelled" && outcome.startedAtMs === null;
    strictEqual(begun.includes(input), !isUnbegun, `${input}: ${JSON.stringify(outcome)}`);
  }
}

function story(moves: readonly Move[]) {
  const move = fc.record({ move: fc.constantFrom(...moves), choice: fc.nat({ max: 1_000 }) });
  return fc.array(
    fc.oneof(
      { weight: 8, arbitrary: fc.record({ step: fc.nat({ max: 1_000 }) }) },
      { weight: 3, arbitrary: fc.record({ submit: fc.integer({ min: 1, max: 12 }) }) },
      { weight: 2, arbitrary: move },
    ),
    { maxLength: 150, size: "max" },
  );
}

type Story = ReturnType<typeof story> extends fc.Arbitrary<infer Told> ? Told : never;

async function tell(world: World, told: Story): Promise<void> {
  for (const one of told) {
    if ("step" in one) await world.step(one.step);
    else if ("move" in one) world.move(one.move, one.choice);
    else for (let at = 0; at < one.submit; at++) world.submit();
    await settleMicrotasks();
  }
}

const lanes = fc.constantFrom(1, 1, 3);

Deno.test("ThreadPool begins each attempt once and settles it once, in any order of things", async () => {
  const moves = MOVES.filter((move) => move !== "crash" && move !== "end" && move !== "resize");
  await fc.assert(
    fc.asyncProperty(story(moves), lanes, async (told, tasksPerThread) => {
      const world = new World({ tasksPerThread });
      await tell(world, told);
      const { deaths } = world;
      await world.finish();
      check(world);
      checkBegun(world, deaths > 0);
    }),
    { numRuns: 300 },
  );
});

Deno.test("ThreadPool settles each attempt once also when threads are ended, crash or are let go", async () => {
  await fc.assert(
    fc.asyncProperty(story(MOVES), lanes, async (told, tasksPerThread) => {
      const world = new World({ tasksPerThread });
      await tell(world, told);
      await world.finish();
      check(world);
    }),
    { numRuns: 300 },
  );
});

Deno.test("ThreadPool begins no attempt twice when it is resized, in any order of things", async () => {
  await fc.assert(
    fc.asyncProperty(story(["resize", "withdraw"]), lanes, async (told, tasksPerThread) => {
      const world = new World({ tasksPerThread });
      await tell(world, told);
      await world.finish();
      check(world);
      checkBegun(world, false);
    }),
    { numRuns: 300 },
  );
});

Deno.test("ThreadPool.stop() is told to a task that had begun before the pool knew", async () => {
  const world = new World({ maxThreads: 1, tasksPerThread: 2 });
  // Often enough that the type counts as short, and is sent ahead.
  for (let at = 0; at < 20; at++) world.submit();
  while (!world.attempts.every(({ outcome }) => outcome)) await world.step(0);
  for (let at = 0; at < 3; at++) world.submit();
  await settleMicrotasks();
  const [thread] = world.threads;
  const [, , third] = world.attempts.slice(-3);
  ok(thread !== undefined && third !== undefined);
  strictEqual(third.place, "sent");
  // The batch arrives, two tasks begin, the first ends, and the third begins: nobody told the host.
  thread.hear();
  thread.begin();
  thread.begin();
  thread.finish(20);
  thread.begin();
  deepStrictEqual(thread.begun.slice(-3), [20, 21, 22]);
  world.pool.stop(third, 3_600_000, "Enough");
  thread.hear(); // what was not begun is taken back
  thread.tell(); // the first has ended
  thread.tell(); // all had begun
  thread.hear();
  ok(thread.heardStopOf(third.seq), "the thread never heard of the stop");
  await world.finish();
  check(world);
  strictEqual(third.outcome?.kind, "cancelled");
});
