import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { Connections } from "../../../../routes/serving/connections.ts";

/** Connections of names, at a time that the test sets, and what was done to them. */
function world(connections = 3) {
  const done: string[] = [];
  const time = { nowMs: 0 };
  const limits = { connections, headMs: 10, idleMs: 100 };
  const book = new Connections(limits, () => time.nowMs);
  const add = (name: string) =>
    book.add({
      close: () => void done.push(`close ${name}`),
      cut: () => void done.push(`cut ${name}`),
    });
  return { book, add, done, time };
}

Deno.test("Connections.makeRoom() ends nothing while there is room", () => {
  const { book, add, done } = world();
  add("a");
  add("b");
  strictEqual(book.makeRoom(), true);
  deepStrictEqual([book.size, done], [2, []]);
});

Deno.test("Connections.makeRoom() ends the one that has asked nothing for the longest time first", () => {
  const { book, add, done } = world();
  const idle = add("idle");
  book.ask(idle);
  book.answer(idle, false);
  add("early");
  add("late");
  strictEqual(book.makeRoom(), true);
  strictEqual(book.makeRoom(), true);
  deepStrictEqual([book.size, done], [2, ["cut early"]]);
});

Deno.test("Connections.giveWay() ends who was answered, then who follows; who asks only after long", () => {
  const { book, add, done, time } = world();
  const [follower, idle] = [add("follower"), add("idle")];
  for (const one of [follower, idle, add("asking")]) book.ask(one);
  book.answer(follower, true);
  book.answer(idle, false);
  deepStrictEqual([1, 2, 3].map(() => book.giveWay()), [true, true, false]);
  deepStrictEqual([book.size, done], [1, ["cut idle", "cut follower"]]);
  time.nowMs = 10;
  deepStrictEqual([book.giveWay(), done.at(-1), book.size], [true, "cut asking", 0]);
});

Deno.test("Connections.sweep() ends each at its own limit, and streams at none", () => {
  const { book, add, done, time } = world(10);
  const [follower, idle] = [add("follower"), add("idle")];
  for (const one of [follower, idle, add("asking")]) book.ask(one);
  add("fresh");
  book.answer(follower, true);
  book.answer(idle, false);
  for (const nowMs of [9, 10, 99, 100, 1_000_000]) {
    time.nowMs = nowMs;
    book.sweep();
    done.push(`${nowMs}`);
  }
  deepStrictEqual(done.join(), "9,cut fresh,10,99,cut idle,100,1000000");
  strictEqual(book.size, 2);
});

Deno.test("Connections begins a limit anew with each state, and forgets what is over", () => {
  const { book, add, done, time } = world();
  const connection = add("a");
  time.nowMs = 9;
  book.ask(connection);
  time.nowMs = 500;
  book.answer(connection, false);
  time.nowMs = 599;
  book.sweep();
  deepStrictEqual([book.size, done], [1, []]);
  book.remove(connection);
  book.ask(connection);
  book.answer(connection, false);
  strictEqual(book.size, 0);
});

Deno.test("Connections.close() cuts those that asked nothing, and lets the others have their answers", () => {
  const { book, add, done } = world(10);
  const [asking, answered] = [add("asking"), add("answered")];
  for (const one of [asking, answered]) book.ask(one);
  book.answer(answered, false);
  add("fresh");
  book.close();
  deepStrictEqual(done, ["cut fresh", "close asking", "close answered"]);
});
