import { deepStrictEqual, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { AttemptQueue } from "../../../../core/execution/attempt_queue.ts";
import { WatchedAttempt } from "../../../helpers/watched_attempt.ts";

const AGEING_MS = 1_000;

function attemptAt(enqueuedMs: number, priority = 0): WatchedAttempt {
  const attempt = new WatchedAttempt({ priority });
  attempt.enqueuedMs = enqueuedMs;
  return attempt;
}

/** The same queue as a plain array in which equals stand in their order. */
class Model {
  readonly waiting: WatchedAttempt[] = [];

  lane(priority: number): WatchedAttempt[] {
    return this.waiting.filter((attempt) => attempt.priority === priority);
  }

  heads(): WatchedAttempt[] {
    const priorities = [...new Set(this.waiting.map(({ priority }) => priority))];
    return priorities.toSorted((one, other) => other - one).flatMap((one) =>
      this.lane(one)[0] ?? []
    );
  }

  peek(nowMs: number): WatchedAttempt | undefined {
    const rank = ({ priority, enqueuedMs }: WatchedAttempt) =>
      priority + Math.floor((nowMs - enqueuedMs) / AGEING_MS);
    const heads = this.heads();
    const best = Math.max(...heads.map(rank));
    return heads.find((head) => rank(head) === best);
  }

  /** In front of all that are not older. */
  putBack(attempt: WatchedAttempt): void {
    const at = this.waiting.findIndex(({ priority, enqueuedMs }) =>
      priority === attempt.priority && enqueuedMs >= attempt.enqueuedMs
    );
    this.waiting.splice(at < 0 ? this.waiting.length : at, 0, attempt);
  }

  remove(attempt: WatchedAttempt): void {
    this.waiting.splice(this.waiting.indexOf(attempt), 1);
  }
}

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("push" as const),
      priority: fc.integer({ min: -2, max: 2 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("putBack" as const),
      priority: fc.integer({ min: -2, max: 2 }),
      ageMs: fc.nat({ max: 5_000 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("take" as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("remove" as const), at: fc.nat() }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("pass" as const), ms: fc.nat({ max: 3_000 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("clear" as const) }) },
);

Deno.test("AttemptQueue agrees with an array, whatever is done to it", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const queue = new AttemptQueue();
      const model = new Model();
      let nowMs = 0;
      for (const one of steps) {
        switch (one.kind) {
          case "push": {
            const attempt = attemptAt(nowMs, one.priority);
            queue.push(attempt);
            model.waiting.push(attempt);
            break;
          }
          case "putBack": {
            const attempt = attemptAt(nowMs - one.ageMs, one.priority);
            queue.putBack(attempt);
            model.putBack(attempt);
            break;
          }
          case "take": {
            const head = queue.peek(nowMs, AGEING_MS);
            strictEqual(head, model.peek(nowMs));
            if (head instanceof WatchedAttempt) {
              queue.remove(head);
              model.remove(head);
              strictEqual(head.place, "nowhere");
            }
            break;
          }
          case "remove": {
            const attempt = model.waiting[one.at % Math.max(1, model.waiting.length)];
            if (attempt === undefined) break;
            queue.remove(attempt);
            model.remove(attempt);
            break;
          }
          case "pass":
            nowMs += one.ms;
            break;
          case "clear":
            strictEqual(new Set(queue.clear()).size, model.waiting.length);
            model.waiting.length = 0;
        }
        strictEqual(queue.length, model.waiting.length);
        strictEqual(queue.peek(nowMs, AGEING_MS), model.peek(nowMs));
        strictEqual(queue.last(), model.heads().at(-1));
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("AttemptQueue gives higher priority first, then first in first out", () => {
  const queue = new AttemptQueue();
  const [low, first, second, high] = [
    attemptAt(0, -1),
    attemptAt(0),
    attemptAt(0),
    attemptAt(0, 5),
  ];
  for (const attempt of [low, first, second, high]) queue.push(attempt);
  deepStrictEqual(takeAll(queue, 0), [high, first, second, low]);
});

Deno.test("AttemptQueue.peek() prefers low priority once it has waited long enough", () => {
  const queue = new AttemptQueue();
  const old = attemptAt(0, 0);
  const fresh = attemptAt(9.5 * AGEING_MS, 9);
  queue.push(old);
  queue.push(fresh);
  strictEqual(queue.peek(10 * AGEING_MS - 1, AGEING_MS), fresh);
  strictEqual(queue.peek(10 * AGEING_MS, AGEING_MS), old);
});

Deno.test("AttemptQueue.takeLast() takes the newest of the lowest priority first, and no suspects", () => {
  const queue = new AttemptQueue();
  const [high, suspect, older, newer, low] = [
    attemptAt(0, 5),
    attemptAt(1),
    attemptAt(2),
    attemptAt(3),
    attemptAt(4, -1),
  ];
  suspect.isSuspect = true;
  for (const attempt of [high, suspect, older, newer, low]) queue.push(attempt);
  deepStrictEqual(queue.takeLast(2), [low, newer]);
  deepStrictEqual(queue.takeLast(9), [older, high]);
  deepStrictEqual(takeAll(queue, 9), [suspect]);
});

Deno.test("AttemptQueue.waitingSinceBefore() and oldestMs() see all of each priority", () => {
  const queue = new AttemptQueue();
  const [one, next, other, young] = [attemptAt(4), attemptAt(5), attemptAt(3, 1), attemptAt(9, 2)];
  for (const attempt of [one, next, other, young]) queue.push(attempt);
  strictEqual(queue.oldestMs(), 3);
  deepStrictEqual(queue.waitingSinceBefore(6), [other, one, next]);
  queue.clear();
  strictEqual(queue.oldestMs(), undefined);
});

Deno.test("AttemptQueue counts the waiting of what came back from then on, and keeps its place", () => {
  const queue = new AttemptQueue();
  const [cameBack, waits] = [attemptAt(1), attemptAt(3)];
  cameBack.cameBackMs = 8;
  queue.push(waits);
  queue.putBack(cameBack);
  strictEqual(queue.oldestMs(), 3);
  deepStrictEqual([queue.waitingSinceBefore(6), queue.waitingSinceBefore(9)], [
    [waits],
    [cameBack, waits],
  ]);
  deepStrictEqual(takeAll(queue, 9), [cameBack, waits]);
});

function takeAll(queue: AttemptQueue, nowMs: number) {
  const taken = [];
  for (let head = queue.peek(nowMs, AGEING_MS); head; head = queue.peek(nowMs, AGEING_MS)) {
    queue.remove(head);
    taken.push(head);
  }
  return taken;
}
