import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import type { LiveEvent } from "../../../../core/model/live_event.ts";
import { PoolId } from "../../../../core/model/pool.ts";
import { TaskId } from "../../../../core/model/task.ts";
import { EventFeed } from "../../../../core/observation/event_feed.ts";

const POOLS = ["1", "2"].map((end) => PoolId.parse(`01990000-0000-7000-8000-00000000000${end}`));
const TASK = TaskId.parse("01990000-0000-7000-8000-0000000000aa");
const NEVER = new AbortController().signal;

function event(at: number, changes: object = {}): LiveEvent {
  const poolId = POOLS[0] as PoolId; // there is one
  return { kind: "pool", atMs: at, poolId, state: "running", settingsVersion: 1, ...changes };
}

function told(batch: IteratorResult<{ isGap: boolean; events: readonly { event: LiveEvent }[] }>) {
  if (batch.done) return "end";
  return [batch.value.isGap, ...batch.value.events.map(({ event: { atMs } }) => atMs)];
}

Deno.test("EventFeed tells a follower what comes after it began, in order and at once", async () => {
  const feed = new EventFeed("life");
  feed.push(event(1));
  const followed = feed.follow({}, NEVER);
  const first = followed.next();
  strictEqual(feed.followers, 1);
  feed.push(event(2));
  feed.push(event(3));
  deepStrictEqual(told(await first), [false, 2, 3]);
  const second = followed.next();
  feed.push(event(4));
  deepStrictEqual(told(await second), [false, 4]);
  await followed.return(undefined);
  strictEqual(feed.followers, 0);
});

Deno.test("EventFeed lets the server do other things between its followers", async () => {
  const feed = new EventFeed("life");
  const followed = Array.from({ length: 100 }, () => feed.follow({}, NEVER));
  let toldNow = 0;
  const first = followed.map(async (follower) => {
    deepStrictEqual(told(await follower.next()), [false, 1]);
    toldNow++;
  });
  feed.push(event(1));
  const seen = new Set<number>();
  while (toldNow < followed.length) {
    await setImmediate();
    seen.add(toldNow);
  }
  await Promise.all(first);
  ok([...seen].some((count) => count > 0 && count < 50), `told at a time: ${[...seen]}`);
  for (const follower of followed) await follower.return(undefined);
});

Deno.test("EventFeed goes on after the id that a follower had, and tells of a gap where it cannot", async () => {
  const feed = new EventFeed("life", 4);
  for (let at = 0; at < 6; at++) feed.push(event(at));
  const after = async (id: string) => {
    const leaving = new AbortController();
    const followed = feed.follow({}, leaving.signal, id);
    const first = await followed.next();
    await followed.return(undefined);
    return told(first);
  };
  deepStrictEqual(await after("life-1"), [false, 2, 3, 4, 5]);
  deepStrictEqual(await after("life-4"), [false, 5]);
  for (const id of ["life-0", "other-4", "life-6", "life--1", "", "x"]) {
    deepStrictEqual(await after(id), [true], id);
  }
});

Deno.test("EventFeed tells a follower that reads too slowly of the gap, and goes on behind it", async () => {
  const feed = new EventFeed("life", 4);
  const followed = feed.follow({}, NEVER);
  const first = followed.next();
  feed.push(event(0));
  deepStrictEqual(told(await first), [false, 0]);
  for (let at = 1; at <= 9; at++) feed.push(event(at));
  deepStrictEqual(told(await followed.next()), [true]);
  const next = followed.next();
  feed.push(event(10));
  deepStrictEqual(told(await next), [false, 10]);
  await followed.return(undefined);
});

Deno.test("EventFeed gives only what a filter means", async () => {
  const feed = new EventFeed("life");
  const events = [
    event(0),
    event(1, { poolId: POOLS[1] }),
    event(2, { kind: "task", taskId: TASK, state: "pending" }),
  ];
  const want = async (filter: object) => {
    const followed = feed.follow(filter, NEVER);
    const first = followed.next();
    for (const one of events) feed.push(one);
    const batch = await first;
    await followed.return(undefined);
    return told(batch);
  };
  deepStrictEqual(await want({ poolId: POOLS[0] }), [false, 0, 2]);
  deepStrictEqual(await want({ poolId: POOLS[1] }), [false, 1]);
  deepStrictEqual(await want({ taskId: TASK }), [false, 2]);
});

Deno.test("EventFeed ends for all when it is closed, and for one whose signal aborts", async () => {
  const feed = new EventFeed("life");
  const leaving = new AbortController();
  const [one, other] = [feed.follow({}, leaving.signal), feed.follow({}, NEVER)];
  const [first, second] = [one.next(), other.next()];
  leaving.abort();
  strictEqual(told(await first), "end");
  strictEqual(feed.followers, 1);
  feed.close();
  strictEqual(told(await second), "end");
  strictEqual(feed.followers, 0);
  ok((await feed.follow({}, NEVER).next()).done);
});
