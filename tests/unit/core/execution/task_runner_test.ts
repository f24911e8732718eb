/** The code that runs tasks in a thread, called as a plain function. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { z } from "zod";
import type { Owner } from "../../../../core/execution/realm_guard.ts";
import { RESULT_CHARS_MAX } from "../../../../core/model/limits.ts";
import { RunnerWorld } from "../../../helpers/runner_world.ts";
import { until } from "../../../helpers/until.ts";

/** Promises that the test settles, one a task. */
function holds() {
  const gates = new Map<unknown, PromiseWithResolvers<unknown>>();
  const run = (input: unknown) => {
    const gate = Promise.withResolvers<unknown>();
    gates.set(input, gate);
    return gate.promise;
  };
  return {
    run,
    begun: () => [...gates.keys()],
    release: (input: unknown) => gates.get(input)?.resolve(undefined),
  };
}

Deno.test("TaskRunner runs a batch in order and tells its outcomes together", async () => {
  const order: unknown[] = [];
  const world = new RunnerWorld((input) => {
    order.push(input);
    return Number(input) * 2;
  });
  world.send([0]); // it loads the type
  await world.told(1);
  world.send([1, 2, 3]);
  deepStrictEqual(order, [0, 1, 2, 3]);
  deepStrictEqual(
    world.outcomes(),
    [0, 1, 2, 3].map((seq) => ({ seq, code: "done", value: seq * 2 })),
  );
  strictEqual(world.stats.loadPercentiles("run").count, 4);
  // A group goes before its batch is through only when its oldest has waited for a millisecond.
  const [, ...groups] = world.of("outcomes");
  for (const { startedAtMs, runMs } of groups.slice(0, -1)) {
    const endsMs = startedAtMs.map((atMs, at) => atMs + (runMs[at] ?? NaN));
    ok((endsMs.at(-1) ?? NaN) - (endsMs[0] ?? NaN) > 0.9, String(endsMs));
  }
  ok(world.runner.isIdle);
});

Deno.test("TaskRunner runs as many at a time as it has lanes", async () => {
  const { run, begun, release } = holds();
  const world = new RunnerWorld(run, { lanes: 2 });
  world.send(["a", "b", "c", "d"]);
  await until("two have begun", () => begun().length === 2);
  deepStrictEqual(world.stats.loadLanes(0).map(({ seq }) => seq).sort(), [0, 1]);
  world.runner.setLanes(3);
  await until("three have begun", () => begun().length === 3);
  release("b");
  await until("four have begun", () => begun().length === 4);
  for (const input of ["a", "c", "d"]) release(input);
  const seqs = (await world.told(4)).map(({ seq }) => seq);
  deepStrictEqual(seqs.toSorted(), [0, 1, 2, 3]);
  deepStrictEqual(world.stats.loadLanes(0), []);
});

Deno.test("TaskRunner tells an end while the task behind it runs", async () => {
  const { run, release } = holds();
  const world = new RunnerWorld((input) => input === "short" ? 1 : run(input));
  world.send(["short"]);
  await world.told(1);
  world.send(["short", "long", "behind"]);
  deepStrictEqual((await world.told(2)).at(-1), { seq: 1, code: "done", value: 1 });
  release("long");
  await until("the last has begun", () => world.stats.loadLanes(0)[0]?.seq === 3);
  release("behind");
  await world.told(4);
});

Deno.test("TaskRunner tells a stop of a task that heard it, and the result of one that did not", async () => {
  const { run, begun, release } = holds();
  const world = new RunnerWorld(async (input, ctx) => {
    const { signal } = input === "hears" ? ctx : { signal: undefined };
    await run(input);
    if (input === "looks") ok(ctx.stopRequested);
    if (input === "throws" && ctx.stopRequested) throw new Error("I stop");
    return signal?.aborted ?? "deaf";
  }, { lanes: 4 });
  world.send(["hears", "looks", "throws", "deaf"]);
  await until("all have begun", () => begun().length === 4);
  for (let seq = 0; seq < 4; seq++) {
    world.stats.requestStop(0, seq);
    world.runner.stop(seq, "Enough");
  }
  for (const input of begun()) release(input);
  const told = (await world.told(4)).toSorted((one, other) => one.seq - other.seq);
  deepStrictEqual(told, [
    { seq: 0, code: "stopped", value: undefined },
    { seq: 1, code: "stopped", value: undefined },
    { seq: 2, code: "stopped", value: undefined },
    { seq: 3, code: "done", value: "deaf" },
  ]);
});

Deno.test("TaskRunner gives the signal of a task that was already asked to stop as aborted", async () => {
  const { run, begun, release } = holds();
  const reasons: unknown[] = [];
  const world = new RunnerWorld(async (input, ctx) => {
    await run(input);
    reasons.push(ctx.signal.reason.message);
  });
  world.send(["late"]);
  await until("it has begun", () => begun().length === 1);
  world.stats.requestStop(0, 0);
  world.runner.stop(0, "Enough");
  release("late");
  await world.told(1);
  deepStrictEqual(reasons, ["Enough"]);
});

/** How a task can fail, and as what. */
const FAILURES = [
  ["throws", "task_error", "TypeError: bad"],
  ["rejects", "task_error", "TypeError: bad"],
  [
    "gives a function",
    "result_unserializable",
    "TypeError: Cannot send result: a function is no JSON",
  ],
  [
    "gives a big integer",
    "result_unserializable",
    "TypeError: Do not know how to serialize a BigInt",
  ],
  ["gives too much", "result_too_large", "RangeError: Cannot send result: "],
] as const;

for (const [what, code, message] of FAILURES) {
  Deno.test(`TaskRunner fails a task that ${what} as ${code}, and runs the next`, async () => {
    const world = new RunnerWorld((input) => {
      if (input === "throws") throw new TypeError("bad");
      if (input === "rejects") return Promise.reject(new TypeError("bad"));
      if (input === "gives a function") return () => {};
      if (input === "gives a big integer") return 1n;
      if (input === "gives too much") return "x".repeat(RESULT_CHARS_MAX);
    }, { encoding: "json" });
    world.send([JSON.stringify(what), '"fine"']);
    const [failed, next] = await world.told(2);
    strictEqual(failed?.code, code);
    const parts = failed?.value as { name: string; message: string }; // an outcome that is not done
    ok(`${parts.name}: ${parts.message}`.startsWith(message), parts.message);
    deepStrictEqual([next?.code, world.stats.loadPercentiles("run").count], ["done", 2]);
  });
}

Deno.test("TaskRunner checks input and output by the type's schemas", async () => {
  const world = new RunnerWorld((input) => input === 1 ? "not a number" : input, {
    input: z.int().default(7),
    output: z.number(),
  });
  world.send(["text", 1, undefined]);
  const [input, output, fine] = await world.told(3);
  deepStrictEqual([input?.code, output?.code, fine?.code, fine?.value], [
    "invalid_input",
    "invalid_output",
    "done",
    7,
  ]);
});

Deno.test("TaskRunner waits for a schema that checks asynchronously", async () => {
  const world = new RunnerWorld((input) => input, {
    input: z.number().refine((value) => Promise.resolve(value > 1), "too small"),
  });
  world.send([1, 2]);
  const [small, fine] = await world.told(2);
  deepStrictEqual([small?.code, fine?.code, fine?.value], ["invalid_input", "done", 2]);
});

Deno.test("TaskRunner fails a task whose type cannot be loaded", async () => {
  const world = new RunnerWorld(() => {}, {
    load: () => Promise.reject(new SyntaxError("no such module")),
  });
  world.send([1]);
  strictEqual((await world.told(1))[0]?.code, "type_load_failed");
});

Deno.test("TaskRunner begins nothing that was taken back, and goes on with the next epoch", async () => {
  const returned: number[] = [];
  const world: RunnerWorld = new RunnerWorld((input) => {
    if (input === "take back") returned.push(world.takeBack());
    return input;
  });
  world.send(["first"]);
  await world.told(1);
  world.send(["take back", "not begun", "not begun"]);
  deepStrictEqual(returned, [2]);
  world.send(["later"]);
  const told = await world.told(3);
  deepStrictEqual(told.map(({ seq, value }) => [seq, value]), [
    [0, "first"],
    [1, "take back"],
    [4, "later"],
  ]);
});

Deno.test("TaskRunner tells each task or lets it be taken back, and never both", async () => {
  const batches = fc.array(fc.array(fc.boolean(), { minLength: 1, maxLength: 6 }), {
    maxLength: 12,
  });
  await fc.assert(fc.asyncProperty(batches, async (list) => {
    const returned: number[] = [];
    let sent = 1;
    let epochFirst = 0;
    const world: RunnerWorld = new RunnerWorld((isTakeBack) => {
      if (isTakeBack !== true) return;
      const first = Math.max(world.takeBack(), epochFirst);
      for (let seq = first; seq < sent; seq++) returned.push(seq);
      epochFirst = sent;
    });
    world.send([false]);
    await world.told(1);
    for (const batch of list) {
      sent += batch.length;
      world.send(batch);
    }
    const all = [...world.outcomes().map(({ seq }) => seq), ...returned];
    deepStrictEqual(
      all.toSorted((one, other) => one - other),
      Array.from({ length: sent }, (_, seq) => seq),
    );
  }));
});

Deno.test("TaskRunner begins nothing more once its realm is not as it was", async () => {
  const world: RunnerWorld = new RunnerWorld((input) => {
    if (input === "pollutes") world.guard.polluted = true;
    return input;
  });
  world.send(["fine", "pollutes", "never begun"]);
  await world.told(2);
  deepStrictEqual(world.of("worn"), [{ kind: "worn", reason: "it changed built-in objects" }]);
  world.send(["never begun"]);
  deepStrictEqual(world.outcomes().map(({ value }) => value), ["fine", "pollutes"]);
  strictEqual(world.takeBack(), 2);
});

Deno.test("TaskRunner looks at its realm closely when it has nothing to do", async () => {
  const world: RunnerWorld = new RunnerWorld(() => {
    world.guard.damage = "it left files or connections open";
  });
  world.send([1, 2]);
  await world.told(2);
  deepStrictEqual(world.of("worn"), [
    { kind: "worn", reason: "it left files or connections open" },
  ]);
});

Deno.test("TaskRunner.blame() fails a task that runs, and tells of one that has ended", async () => {
  const { run, begun } = holds();
  const world = new RunnerWorld(run);
  world.send(["a"]);
  await until("it has begun", () => begun().length === 1);
  world.runner.blame(undefined, new RangeError("from a callback"));
  const [failed] = await world.told(1);
  strictEqual(failed?.code, "task_error");
  world.runner.blame(undefined, new RangeError("too late"));
  deepStrictEqual(world.of("late_error"), [
    { kind: "late_error", seq: 0, message: "RangeError: too late" }, // nothing else ever began
  ]);
});

/** A runner that has run a type so often that it has no context of its own any more. */
async function knowingWorld(act: (world: RunnerWorld, input: unknown) => unknown) {
  const world: RunnerWorld = new RunnerWorld((input) => act(world, input));
  world.send([0]); // it loads the type
  await world.told(1);
  world.send(Array.from({ length: 30 }, () => 0));
  await world.told(31);
  return world;
}

/** As a thread does whose code throws: by then nothing runs but what the context says. */
const blameHere = (world: RunnerWorld) => {
  world.runner.blame(world.guard.owner, new RangeError("mine"));
};
const told = (world: RunnerWorld) => [
  world.of("late_error").map(({ seq }) => seq),
  world.outcomes().slice(31).map(({ code }) => code),
];

Deno.test("TaskRunner names the culprit of a type that it knows well, if it began alone", async () => {
  const gate = Promise.withResolvers<void>();
  const next = Promise.withResolvers<void>();
  const world = await knowingWorld((world, input) => {
    if (input === "leaves") gate.promise.then(() => blameHere(world));
    if (input === "next") return next.promise;
  });
  world.send(["leaves"]);
  world.send(["next"]);
  gate.resolve();
  await until("the error was told", () => world.of("late_error").length > 0);
  next.resolve();
  await world.told(33);
  deepStrictEqual(told(world), [[31], ["done", "done"]]);
});

Deno.test("TaskRunner fails none of several that share a context, and tells the error as nobody's", async () => {
  const gate = Promise.withResolvers<void>();
  const next = Promise.withResolvers<void>();
  const world = await knowingWorld((world, input) => {
    if (input === "leaves") gate.promise.then(() => blameHere(world));
    if (input === "next") return next.promise;
  });
  world.send(["leaves", "next"]);
  gate.resolve();
  await until("the error was told", () => world.of("late_error").length > 0);
  next.resolve();
  await world.told(33);
  deepStrictEqual(told(world), [[-1], ["done", "done"]]);
});

Deno.test("TaskRunner.blame() names nobody once a second task has begun, where the context was lost", async () => {
  const { run, begun, release } = holds();
  const world = new RunnerWorld((input) => input === "first" ? undefined : run(input));
  world.send(["first"]);
  await world.told(1);
  world.send(["second"]);
  await until("the second has begun", () => begun().length === 1);
  world.runner.blame(undefined, new RangeError("whose?"));
  release("second");
  await world.told(2);
  deepStrictEqual(world.of("late_error").map(({ seq }) => seq), [-1]);
  deepStrictEqual(world.outcomes().map(({ code }) => code), ["done", "done"]);
});

Deno.test("TaskRunner fails a task of a type that it knows well for its own error, and watches the type again", async () => {
  const failing = Promise.withResolvers<void>();
  const owners: unknown[] = [];
  const world = await knowingWorld((world, input) => {
    if (input === "waits") return Promise.resolve();
    if (input !== "fails") return;
    owners.push(world.guard.current);
    failing.promise.then(() => blameHere(world));
    return new Promise(() => {});
  });
  world.send(["waits"]);
  await world.told(32);
  world.send([0, "fails"]); // the first of them has a context of its own
  failing.resolve();
  await world.told(34);
  deepStrictEqual([owners, told(world)], [[undefined], [[], ["done", "done", "task_error"]]]);
});

for (
  const [does, left, reasons] of [["leaves", 1, ["it left timers behind"]], [
    "clears",
    0,
    [],
  ]] as const
) {
  Deno.test(`TaskRunner sees that a task which shares its context ${does} a timer`, async () => {
    const gate = Promise.withResolvers<void>();
    const slow = async (owner: () => Owner | undefined) => {
      await gate.promise;
      Object.assign(owner() ?? {}, { timers: left });
    };
    const world = await knowingWorld((world, input) =>
      input === 0 ? undefined : slow(() => world.guard.owner)
    );
    world.send([0, "slow"]);
    gate.resolve();
    await world.told(33);
    deepStrictEqual(world.of("worn").map(({ reason }) => reason), reasons);
  });
}

Deno.test("TaskRunner writes no progress of a task that has ended on another's lane", async () => {
  const { run, begun, release } = holds();
  const late: (() => void)[] = [];
  const world = new RunnerWorld((input, ctx) => {
    late.push(() => ctx.progress(99, 100));
    return input === "first" ? undefined : run(input);
  });
  world.send(["first"]);
  await world.told(1);
  world.send(["second"]);
  await until("the second has begun", () => begun().length === 1);
  late[0]?.();
  deepStrictEqual(world.stats.loadLanes(0).map(({ seq, progressDone }) => [seq, progressDone]), [
    [1, 0],
  ]);
  release("second");
  await world.told(2);
});
