/** Lists: pages by number and by cursor, newest first, at the cost of a page. */
import { deepStrictEqual, ok, rejects } from "node:assert/strict";
import fc from "fast-check";
import type { TaskFilter, TaskId } from "../../core/model/task.ts";
import { EngineWorld, type MakeEngine } from "./engine_world.ts";

/** Registers the tests. */
export function testLists(name: string, make: MakeEngine): void {
  Deno.test(`${name}.list() gives pages by number, newest first`, async () => {
    await using world = await EngineWorld.open(make);
    const ids = (await world.fill(7)).toReversed();
    deepStrictEqual(await world.page({ page: 1, perPage: 3 }), ids.slice(0, 3));
    deepStrictEqual(await world.page({ page: 3, perPage: 3 }), ids.slice(6));
    const last = await world.list({}, { page: 99, perPage: 3 });
    deepStrictEqual([last.page, last.totalItems, last.tasks.length, last.nextCursor], [
      3,
      7,
      1,
      null,
    ]);
    const empty = await world.list({ states: ["failed"] }, { page: 1, perPage: 3 });
    deepStrictEqual(empty, {
      tasks: [],
      totalItems: 0,
      isTotalExact: true,
      page: 1,
      nextCursor: null,
      prevCursor: null,
    });
  });

  Deno.test(`${name}.list() filters by pool and by state`, async () => {
    await using world = await EngineWorld.open(make);
    const other = await world.addPool({ rejection: "reject" });
    const mine = await world.fill(3);
    const theirs = world.task({ poolId: other });
    await world.engine.enqueue([theirs]);
    const [first] = mine;
    if (first !== undefined) world.runner.start(first);
    const show = (filter: TaskFilter) => world.page({ page: 1, perPage: 10 }, filter);
    deepStrictEqual(await show({ poolId: other }), [theirs.id]);
    deepStrictEqual(await show({ states: ["running"] }), [first]);
    deepStrictEqual(
      await show({ poolId: world.poolId, states: ["pending"] }),
      mine.slice(1).toReversed(),
    );
    deepStrictEqual(await show({}), [theirs.id, ...mine.toReversed()]);
  });

  Deno.test(`${name}.list() finds a place of the input whatever its names are`, async () => {
    await using world = await EngineWorld.open(make);
    const odd = ["", "a.b", "\\", 'a"', '\\"', "\0", "a\0b", "\n", "[0]", "#-1", "\\u0041", "é"];
    for (const part of odd) {
      const task = world.task({ inputJson: JSON.stringify({ [part]: { [part]: 5 }, x: null }) });
      await world.engine.enqueue([task]);
      const show = (path: readonly string[], value: number | null) =>
        world.page({ page: 1, perPage: 1 }, { input: [{ path, value }] });
      deepStrictEqual(await show([part, part], 5), [task.id], JSON.stringify(part));
      deepStrictEqual(await show([part, part, part], 5), []);
    }
  });

  Deno.test(`${name}.list() tells values of the input apart that only look alike`, async () => {
    await using world = await EngineWorld.open(make);
    const inputs = [{ at: true }, { at: 1 }, { at: "1" }, { at: { a: 1 } }, { at: '{"a":1}' }, {
      at: null,
    }];
    const tasks = inputs.map((input) => world.task({ inputJson: JSON.stringify(input) }));
    await world.engine.enqueue(tasks);
    for (const [at, value] of ([true, 1, "1", undefined, '{"a":1}', null] as const).entries()) {
      if (value === undefined) continue; // only plain values can be asked for
      const found = await world.page({ page: 1, perPage: 10 }, {
        input: [{ path: ["at"], value }],
      });
      deepStrictEqual(found, [tasks[at]?.id], JSON.stringify(value));
    }
  });

  Deno.test(`${name}.list() gives the same tasks by cursor, there and back, at any page size`, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 25 }),
        fc.integer({ min: 1, max: 8 }),
        async (count, perPage) => {
          await using world = await EngineWorld.open(make);
          const ids = (await world.fill(count)).toReversed();
          const { there, back } = await walk(world, perPage);
          deepStrictEqual(there.flat(), ids);
          deepStrictEqual(back, there.toReversed());
        },
      ),
      { numRuns: 20 },
    );
  });

  Deno.test(`${name}.list() by cursor neither repeats nor skips while tasks come`, async () => {
    await using world = await EngineWorld.open(make);
    const ids = (await world.fill(10)).toReversed();
    const seen: TaskId[] = [];
    let page = await world.list({}, { page: 1, perPage: 3 });
    seen.push(...page.tasks.map(({ id }) => id));
    while (page.nextCursor !== null) {
      await world.fill(4);
      page = await world.list({}, { cursor: page.nextCursor, perPage: 3 });
      seen.push(...page.tasks.map(({ id }) => id));
    }
    deepStrictEqual(seen, ids);
  });

  Deno.test(`${name}.list() goes on from a cursor whose task is no longer on the list`, async () => {
    await using world = await EngineWorld.open(make);
    const ids = (await world.fill(6)).toReversed();
    const filter = { states: ["pending"] } as const;
    const { nextCursor } = await world.list(filter, { page: 1, perPage: 2 });
    for (const id of ids.slice(0, 2)) world.runner.start(id);
    ok(nextCursor !== null);
    deepStrictEqual(await world.page({ cursor: nextCursor, perPage: 2 }, filter), ids.slice(2, 4));
  });

  Deno.test(`${name}.list() throws cursor_invalid for what is no cursor`, async () => {
    await using world = await EngineWorld.open(make);
    for (const cursor of ["", "x", "older-", "older--1", "older-1e9", "older-1\n", "\0"]) {
      await rejects(world.list({}, { cursor, perPage: 5 }), { code: "cursor_invalid" });
    }
  });
}

/** From the first page to the last by `nextCursor`, and back by `prevCursor`. */
async function walk(world: EngineWorld, perPage: number) {
  const there: TaskId[][] = [];
  const back: TaskId[][] = [];
  let page = await world.list({}, { page: 1, perPage });
  there.push(page.tasks.map(({ id }) => id));
  while (page.nextCursor !== null) {
    page = await world.list({}, { cursor: page.nextCursor, perPage });
    there.push(page.tasks.map(({ id }) => id));
  }
  back.push(page.tasks.map(({ id }) => id));
  while (page.prevCursor !== null) {
    page = await world.list({}, { cursor: page.prevCursor, perPage });
    back.push(page.tasks.map(({ id }) => id));
  }
  return { there, back };
}
