import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { NAMES_MAX, UserMetrics } from "../../../../core/execution/user_metrics.ts";
import { WatchedAttempt } from "../../../helpers/watched_attempt.ts";

Deno.test("UserMetrics adds up what attempts count, and keeps the last of what they measure", () => {
  const metrics = new UserMetrics();
  const [one, other] = [new WatchedAttempt(), new WatchedAttempt()];
  metrics.add(one, { metrics: { rows: 2, size: 10 }, counters: ["rows"] });
  metrics.add(other, { metrics: { rows: 5 }, counters: ["rows"] });
  metrics.add(one, { metrics: { rows: 3, size: 8 }, counters: ["rows"] });
  metrics.add(one, { metrics: null, counters: [] });
  deepStrictEqual(metrics.read(), [
    { type: "noop", name: "rows", isCounter: true, value: 8 },
    { type: "noop", name: "size", isCounter: false, value: 8 },
  ]);
});

Deno.test("UserMetrics counts a task's further attempt anew, and never down", () => {
  const metrics = new UserMetrics();
  const attempt = new WatchedAttempt();
  metrics.add(attempt, { metrics: { rows: 7 }, counters: ["rows"] });
  metrics.add(attempt, { metrics: { rows: 2 }, counters: ["rows"] });
  strictEqual(metrics.read()[0]?.value, 9);
});

Deno.test("UserMetrics.forget() lets an attempt that comes back count anew", () => {
  const metrics = new UserMetrics();
  const attempt = new WatchedAttempt();
  metrics.add(attempt, { metrics: { rows: 2 }, counters: ["rows"] });
  metrics.forget(attempt);
  metrics.add(attempt, { metrics: { rows: 3 }, counters: ["rows"] });
  strictEqual(metrics.read()[0]?.value, 5);
});

Deno.test("UserMetrics counts a name that it leaves out once for each attempt", () => {
  const metrics = new UserMetrics();
  for (let at = 0; at < NAMES_MAX; at++) {
    metrics.add(new WatchedAttempt(), { metrics: { [`m${at}`]: 1 }, counters: [] });
  }
  const attempt = new WatchedAttempt();
  for (const value of [1, 2]) metrics.add(attempt, { metrics: { late: value }, counters: [] });
  strictEqual(metrics.dropped, 1);
});

Deno.test("UserMetrics keeps so many names of a type, and counts what it leaves out", () => {
  const metrics = new UserMetrics();
  for (let at = 0; at < NAMES_MAX + 3; at++) {
    metrics.add(new WatchedAttempt(), { metrics: { [`m${at}`]: 1 }, counters: [] });
  }
  deepStrictEqual([metrics.read().length, metrics.dropped], [NAMES_MAX, 3]);
});
