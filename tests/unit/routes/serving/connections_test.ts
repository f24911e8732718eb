import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { Connections, type Ending } from "../../../../routes/serving/connections.ts";

/** Connections of names, at a time that the test sets, and what was done to them. */
function world(connections = 3) {
  const done: string[] = [];
  const time = { nowMs: 0 };
  const limits = { connections, headMs: 10, idleMs: 100, answerMs: 1_000 };
  const book = new Connections<Ending>(limits, () => time.nowMs);
  const add = (name: string): Ending => {
    const connection = {
      close: () => void done.push(`close ${name}`),
      cut: () => void done.push(`cut ${name}`),
    };
    book.add(connection);
    return connection;
  };
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
  book.rest(idle);
  add("early");
  add("late");
  strictEqual(book.makeRoom(), true);
  strictEqual(book.makeRoom(), true);
  deepStrictEqual([book.size, done], [2, ["cut early"]]);
});

Deno.test("Connections.giveWay() ends who waits for nothing, then who reads, then who follows; never who asks", () => {
  const { book, add, done } = world();
  const [follower, reader, idle] = [add("follower"), add("reader"), add("idle")];
  for (const one of [follower, reader, idle, add("asking")]) book.ask(one);
  book.answer(follower, true);
  book.answer(reader, false);
  book.answer(idle, false);
  book.rest(idle);
  deepStrictEqual([1, 2, 3, 4].map(() => book.giveWay()), [true, true, true, false]);
  deepStrictEqual([book.size, done], [1, ["cut idle", "cut reader", "cut follower"]]);
});

Deno.test("Connections.sweep() ends each at its own limit, and streams at none", () => {
  const { book, add, done, time } = world(10);
  const [follower, reader, idle] = [add("follower"), add("reader"), add("idle")];
  for (const one of [follower, reader, idle, add("asking")]) book.ask(one);
  add("fresh");
  book.answer(follower, true);
  book.answer(reader, false);
  book.rest(idle);
  for (const nowMs of [9, 10, 99, 100, 999, 1_000, 1_000_000]) {
    time.nowMs = nowMs;
    book.sweep();
    done.push(`${nowMs}`);
  }
  deepStrictEqual(done.join(), "9,cut fresh,10,99,cut idle,100,999,cut reader,1000,1000000");
  strictEqual(book.size, 2);
});

Deno.test("Connections begins a limit anew with each state, and forgets what is over", () => {
  const { book, add, done, time } = world();
  const connection = add("a");
  time.nowMs = 9;
  book.ask(connection);
  time.nowMs = 500;
  book.rest(connection);
  time.nowMs = 599;
  book.sweep();
  deepStrictEqual([book.size, done], [1, []]);
  book.remove(connection);
  for (const late of ["ask", "rest"] as const) book[late](connection);
  strictEqual(book.size, 0);
});

Deno.test("Connections.close() cuts those that ask nothing, and lets the others have their answers", () => {
  const { book, add, done } = world(10);
  const [asking, reader, idle] = [add("asking"), add("reader"), add("idle")];
  for (const one of [asking, reader, idle]) book.ask(one);
  book.answer(reader, false);
  book.rest(idle);
  add("fresh");
  book.close();
  deepStrictEqual(done, ["cut fresh", "cut idle", "close asking", "close reader"]);
});
