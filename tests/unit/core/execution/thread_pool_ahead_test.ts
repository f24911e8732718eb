/** A pool that sends short tasks ahead to busy threads, and takes them back. */
import { ok, strictEqual } from "node:assert/strict";
import { SENTENCES } from "../../../../core/model/sentences.ts";
import { Gate } from "../../../helpers/gate.ts";
import { startPool } from "../../../helpers/start_pool.ts";
import { until } from "../../../helpers/until.ts";
import { within } from "../../../helpers/within.ts";

Deno.test("ThreadPool.pause() takes back what was sent ahead", async () => {
  await using started = startPool({ short: "wait" });
  await started.run("wait"); // its thread is ready
  using gate = new Gate();
  const first = started.submit("wait", gate.cells);
  const others = Array.from({ length: 20 }, () => started.submit("wait"));
  await gate.arrived(1);
  started.pool.pause();
  await until("all others came back", () => started.pool.queued === others.length);
  gate.open();
  await first.whenEnded();
  strictEqual(started.pool.queued, others.length);
  started.pool.resume();
  await Promise.all(others.map((attempt) => attempt.whenEnded()));
  ok(others.every(({ events }) => events.at(-1) === "done"));
});

Deno.test("ThreadPool.hold() takes back what was sent ahead, and begins nothing until it is let go", async () => {
  await using started = startPool({ short: "wait" });
  await started.run("wait"); // its thread is ready
  using gate = new Gate();
  const first = started.submit("wait", gate.cells);
  const others = Array.from({ length: 20 }, () => started.submit("wait"));
  await gate.arrived(1);
  started.pool.hold(true);
  await until("all others came back", () => started.pool.queued === others.length);
  gate.open();
  await first.whenEnded();
  started.pool.pause();
  started.pool.resume();
  await Promise.resolve(); // it looks at what waits
  strictEqual(started.pool.queued, others.length);
  const [next] = others;
  strictEqual(next && started.pool.whyWaiting(next), SENTENCES.journalIsAwaited());
  started.pool.hold(false);
  await Promise.all(others.map((attempt) => attempt.whenEnded()));
  ok(others.every(({ events }) => events.at(-1) === "done"));
});

Deno.test("ThreadPool tells a short task's end while the one behind it runs long", async () => {
  await using started = startPool({ short: "wait" });
  await started.run("wait"); // its thread is ready
  using gate = new Gate();
  const short = Array.from({ length: 3 }, () => started.submit("wait"));
  const long = started.submit("wait", gate.cells);
  const behind = started.submit("wait");
  await gate.arrived(1);
  await Promise.all(short.map((attempt) => attempt.whenEnded()));
  strictEqual(long.outcome, undefined);
  gate.open();
  await Promise.all([long, behind].map((attempt) => attempt.whenEnded()));
});

Deno.test("ThreadPool gives what waits behind a long task to an idle thread", async () => {
  await using started = startPool({ maxThreads: 2, minThreads: 2, short: "hold" });
  await until(
    "both threads are ready",
    () => started.pool.slots.filter((s) => s.isReady).length === 2,
  );
  using gate = new Gate();
  const long = started.submit("hold", gate.cells);
  const short = Array.from({ length: 30 }, () => started.submit("hold"));
  await gate.arrived(1);
  await Promise.all(short.map((attempt) => attempt.whenEnded()));
  strictEqual(long.outcome, undefined);
});

for (const isolation of ["thread", "process"] as const) {
  Deno.test(`ThreadPool.withdraw() in isolation ${isolation} answers each of two that ask for one task`, async () => {
    await using started = startPool({ isolation, short: "echo" });
    await started.run("echo"); // its thread is ready
    const all = Array.from({ length: 50 }, (_, at) => started.submit("echo", at));
    await Promise.resolve(); // the pool looks at what came once the caller pauses
    const last = all.findLast(({ place }) => place === "sent");
    ok(last, "Nothing was sent ahead");
    const [one, other] = [started.pool.withdraw(last, "a"), started.pool.withdraw(last, "b")];
    const answers = await within("both are answered", Promise.all([one, other]));
    await Promise.all(all.map((attempt) => attempt.whenEnded()));
    strictEqual(answers[0], last.outcome?.kind === "cancelled");
  });
}
