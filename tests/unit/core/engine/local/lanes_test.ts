import { deepStrictEqual, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { Lanes } from "../../../../../core/engine/local/lanes.ts";

Deno.test("Lanes that hold nothing have nothing on disk", () => {
  const lanes = new Lanes();
  strictEqual(lanes.isAnyOnDisk, false);
  deepStrictEqual(lanes.onDisk(), []);
  deepStrictEqual([lanes.isBehindDisk(5), lanes.isBeforeDisk(5)], [false, true]);
  deepStrictEqual([lanes.loadedUpTo(5), lanes.newestOnDisk(5), lanes.held(5)], [0, 0, 0]);
  deepStrictEqual(lanes.heldBeforeDisk(), { tasks: 0, chars: 0 });
});

Deno.test("Lanes tell the priorities on disk highest first, and who goes before them", () => {
  const lanes = new Lanes();
  for (const [priority, seq] of [[2, 1], [10, 2], [-3, 3]] as const) lanes.leave(priority, seq);
  lanes.load(7, 4);
  deepStrictEqual(lanes.onDisk(), [10, 2, -3]);
  deepStrictEqual([11, 10, 7].map((priority) => lanes.isBeforeDisk(priority)), [
    true,
    false,
    false,
  ]);
  deepStrictEqual([10, 7, -3].map((priority) => lanes.isBehindDisk(priority)), [
    true,
    false,
    true,
  ]);
});

Deno.test("Lanes.onDisk() tells those of which some are as old as is asked", () => {
  const lanes = new Lanes();
  lanes.leave(2, 9);
  lanes.leave(1, 9);
  lanes.load(1, 5);
  lanes.load(0, 5);
  deepStrictEqual([5, 6].map((newestSeq) => lanes.onDisk(newestSeq)), [[2], [2, 1]]);
});

Deno.test("Lanes.heldBeforeDisk() counts what is at least as urgent as the most urgent on disk", () => {
  const lanes = new Lanes();
  for (const [index, priority] of [9, 5, 5, 1].entries()) lanes.hold(priority, 1, 10 ** index);
  deepStrictEqual(lanes.heldBeforeDisk(), { tasks: 4, chars: 1_111 });
  lanes.leave(5, 10);
  deepStrictEqual(lanes.heldBeforeDisk(), { tasks: 3, chars: 111 });
  lanes.hold(5, -1, 10);
  deepStrictEqual(lanes.heldBeforeDisk(), { tasks: 2, chars: 101 });
  strictEqual(lanes.held(5), 1);
});

Deno.test("Lanes.giveUp() puts the newest in memory on disk, before those that are there", () => {
  const lanes = new Lanes();
  for (const seq of [1, 2, 3]) lanes.load(0, seq);
  lanes.leave(0, 8);
  lanes.giveUp(0, 3);
  deepStrictEqual([lanes.loadedUpTo(0), lanes.newestOnDisk(0)], [2, 8]);
  lanes.load(0, 8);
  lanes.giveUp(0, 5);
  // Of those up to 8 some may have been given up before: none of them is overlooked.
  deepStrictEqual([lanes.loadedUpTo(0), lanes.newestOnDisk(0)], [4, 8]);
});

Deno.test("Lanes.giveUp() takes one that no load gave, for it ran in an earlier life", () => {
  const lanes = new Lanes();
  lanes.giveUp(0, 4);
  deepStrictEqual([lanes.loadedUpTo(0), lanes.newestOnDisk(0)], [0, 4]);
});

Deno.test("Lanes.leave() knows the newest on disk, in whatever order they were written", () => {
  const lanes = new Lanes();
  for (const seq of [5, 8, 6]) lanes.leave(0, seq);
  strictEqual(lanes.newestOnDisk(0), 8);
});

/** The waiting tasks of one lane, in the order of work. */
interface ModelLane {
  readonly memory: number[];
  readonly disk: number[];
}

Deno.test("Lanes agree with lists of what is in memory and what on disk, whatever happens", () => {
  const step = fc.record({
    priority: fc.integer({ min: -1, max: 1 }),
    what: fc.constantFrom("place", "leave", "load", "load all", "run", "give up"),
  });
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const lanes = new Lanes();
    const model = new Map<number, ModelLane>([-1, 0, 1].map((one) => [one, newLane()]));
    for (const [index, { priority, what }] of steps.entries()) {
      take(lanes, model.get(priority) ?? newLane(), { priority, what, seq: index + 1 });
      compare(lanes, model);
    }
  }));
});

function newLane(): ModelLane {
  return { memory: [], disk: [] };
}

function take(
  lanes: Lanes,
  { memory, disk }: ModelLane,
  { priority, what, seq }: { priority: number; what: string; seq: number },
): void {
  const load = () => {
    const oldest = disk.shift();
    if (oldest === undefined) return;
    memory.push(oldest);
    lanes.load(priority, oldest);
    lanes.hold(priority, 1, 7);
  };
  switch (what) {
    case "place":
      if (disk.length > 0) return;
      memory.push(seq);
      lanes.load(priority, seq);
      return lanes.hold(priority, 1, 7);
    case "leave":
      disk.push(seq);
      return lanes.leave(priority, seq);
    case "load":
      load();
      // The read saw that none is left there.
      if (disk.length === 0) lanes.load(priority, lanes.newestOnDisk(priority));
      return;
    case "load all":
      while (disk.length > 0) load();
      return lanes.load(priority, lanes.newestOnDisk(priority));
    case "run":
      if (memory.shift() !== undefined) lanes.hold(priority, -1, 7);
      return;
    case "give up": {
      const newest = memory.pop();
      if (newest === undefined) return;
      disk.unshift(newest);
      lanes.giveUp(priority, newest);
      return lanes.hold(priority, -1, 7);
    }
  }
}

function compare(lanes: Lanes, model: ReadonlyMap<number, ModelLane>): void {
  const onDisk = [...model].filter(([, { disk }]) => disk.length > 0).map(([one]) => one)
    .sort((one, other) => other - one);
  deepStrictEqual(lanes.onDisk(), onDisk);
  strictEqual(lanes.isAnyOnDisk, onDisk.length > 0);
  let before = 0;
  for (const [priority, { memory, disk }] of model) {
    strictEqual(lanes.held(priority), memory.length);
    if (priority >= (onDisk[0] ?? -Infinity)) before += memory.length;
    strictEqual(lanes.isBehindDisk(priority), disk.length > 0);
    strictEqual(lanes.isBeforeDisk(priority), priority > (onDisk[0] ?? -Infinity));
    const upTo = lanes.loadedUpTo(priority);
    deepStrictEqual(memory.filter((seq) => seq > upTo), []);
    const newest = lanes.newestOnDisk(priority);
    deepStrictEqual(disk.filter((seq) => seq <= upTo || seq > newest), []);
  }
  deepStrictEqual(lanes.heldBeforeDisk(), { tasks: before, chars: 7 * before });
}
