/** What a child still owes, and when it need no longer look after its thread. */
import { deepStrictEqual } from "node:assert/strict";
import { ChildDuty } from "../../../../core/execution/child_duty.ts";

Deno.test("ChildDuty is over at the first beat after nothing is owed, wherever the wall clock is", () => {
  const duty = new ChildDuty();
  deepStrictEqual([duty.isOver(1), duty.isOver(1), duty.isOver(2)], [false, false, true]);
  duty.sent(0, 2);
  deepStrictEqual([duty.isOver(3), duty.isOver(9_999)], [false, false]);
  duty.ended(1);
  deepStrictEqual([duty.isOver(10_000), duty.isOver(10_500)], [false, false]);
  duty.ended(1);
  // Set back: a beat of an earlier time is later all the same.
  deepStrictEqual([duty.isOver(10_500), duty.isOver(10_500), duty.isOver(7)], [false, false, true]);
});

Deno.test("ChildDuty begins anew when more is sent before it is over", () => {
  const duty = new ChildDuty();
  duty.sent(0, 1);
  duty.ended(1);
  deepStrictEqual(duty.isOver(1), false);
  duty.sent(1, 1);
  deepStrictEqual(duty.isOver(2), false);
  duty.ended(1);
  deepStrictEqual([duty.isOver(3), duty.isOver(4)], [false, true]);
});

Deno.test("ChildDuty owes no longer what was taken back, and owes what had begun", () => {
  const duty = new ChildDuty();
  duty.sent(0, 4);
  duty.takenBack(1); // task 0 had begun
  deepStrictEqual([duty.isOver(1), duty.isOver(2)], [false, false]);
  duty.sent(4, 2);
  duty.takenBack(-1); // the thread had not received them
  deepStrictEqual([duty.isOver(3), duty.isOver(4)], [false, false]);
  duty.ended(1);
  deepStrictEqual([duty.isOver(5), duty.isOver(6)], [false, true]);
  duty.sent(6, 3);
  duty.takenBack(6);
  deepStrictEqual([duty.isOver(7), duty.isOver(8)], [false, true]);
});
