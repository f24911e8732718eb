import { deepStrictEqual, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import type { StoredFilter } from "../../../../../../core/engine/local/journal/task_query.ts";
import { TaskSieve } from "../../../../../../core/engine/local/journal/task_sieve.ts";
import { type FiledTask, TaskFile } from "../../../../../helpers/task_file.ts";

const TYPES = ["noop", "echo"];
const STATES = ["pending", "completed", "failed"] as const;
const TEXTS = ["abc", "abcd", "bcd a", 'c"d', "ABC", "é%_"];
const TAGS = ["x", "y"];

const optional = <Value>(from: fc.Arbitrary<Value>) => fc.option(from, { nil: undefined });

const task = fc.record({
  pool: fc.constantFrom(1, 2),
  type: fc.constantFrom(...TYPES),
  state: fc.constantFrom(...STATES),
  name: fc.constantFrom(...TEXTS),
  priority: fc.integer({ min: 0, max: 2 }),
  tags: fc.subarray(TAGS),
  input: fc.constantFrom(...TEXTS),
});

const filter = fc.record({
  poolNumber: optional(fc.constantFrom(1, 2)),
  states: optional(fc.subarray([...STATES], { minLength: 1 })),
  type: optional(fc.constantFrom(...TYPES)),
  tags: optional(fc.subarray(TAGS, { minLength: 1 })),
  priority: optional(fc.record({ min: fc.integer({ min: 0, max: 2 }) })),
  text: optional(fc.constantFrom(...TEXTS, "bc", "%", "cab")),
});

/** The filter without what it does not say, as it comes from a request. */
function said(filter: Readonly<Record<string, unknown>>): StoredFilter {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}

/** What a filter means, said without SQL. */
function isMeant(task: Required<Omit<FiledTask, "key" | "result">>, filter: StoredFilter): boolean {
  const { poolNumber, states, type, tags = [], priority, text } = filter;
  const texts = [task.name, JSON.stringify(task.tags), JSON.stringify(task.input)];
  return (poolNumber === undefined || task.pool === poolNumber) &&
    (states === undefined || states.includes(task.state)) &&
    (type === undefined || task.type === type) &&
    tags.every((tag) => task.tags.includes(tag)) &&
    task.priority >= (priority?.min ?? 0) &&
    (text === undefined ||
      texts.some((one) => one.toLowerCase().includes(text.toLowerCase())));
}

Deno.test("TaskSieve finds what an array's filter does, with a text index, half of one and none", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(task, { maxLength: 30 }),
      filter.map(said),
      fc.constantFrom(0, 0.5, 1),
      async (tasks, filter, share) => {
        await using file = await TaskFile.open();
        const indexed = Math.floor(share * tasks.length);
        file.add(...tasks.slice(0, indexed));
        if (share > 0) file.indexAll();
        file.add(...tasks.slice(indexed));
        const wanted = tasks.flatMap((task, at) => isMeant(task, filter) ? [at + 1] : []);
        deepStrictEqual(file.list(filter), wanted.toReversed());
        const { totalItems, isTotalExact } = new TaskSieve(file.rows, filter, file.index).count();
        deepStrictEqual([totalItems, isTotalExact], [wanted.length, true]);
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("TaskSieve.count() stops where it must look at too many, and says so", async () => {
  await using file = await TaskFile.open();
  file.add(...Array.from({ length: 1_001 }, (_, at) => ({ priority: at % 2, tags: ["x"] })));
  const count = (filter: StoredFilter) => {
    const { totalItems, isTotalExact } = new TaskSieve(file.rows, filter, undefined).count();
    return [totalItems, isTotalExact];
  };
  deepStrictEqual(count({}), [1_001, true]);
  deepStrictEqual(count({ tags: ["x"] }), [1_000, false]);
  deepStrictEqual(count({ priority: { min: 1 } }), [100, false]);
});

Deno.test("TaskSieve.findNewest() goes on where a count stopped", async () => {
  await using file = await TaskFile.open();
  file.add(...Array.from({ length: 900 }, (_, at) => ({ priority: at % 300 === 0 ? 1 : 0 })));
  const sieve = new TaskSieve(file.rows, { priority: { min: 1 } }, undefined);
  const { head } = sieve.count();
  deepStrictEqual(head, { seqs: [], stoppedAt: 701 });
  const found = { seqs: [601, 301, 1], stoppedAt: null };
  deepStrictEqual(sieve.findNewest({ limit: 4, offset: 0 }, head), found);
  deepStrictEqual(sieve.findNewest({ limit: 4, offset: 0 }), found);
  deepStrictEqual(sieve.findNewest({ limit: 1, offset: 1 }, head), {
    seqs: [301],
    stoppedAt: null,
  });
});

Deno.test("TaskSieve.isAny() looks both ways along the index", async () => {
  await using file = await TaskFile.open();
  file.add({ type: "echo" }, {}, {});
  const sieve = new TaskSieve(file.rows, { type: "echo" }, undefined);
  strictEqual(sieve.isAny({ above: 0, below: 2 }, false), true);
  strictEqual(sieve.isAny({ above: 1, below: 9 }, true), false);
});
