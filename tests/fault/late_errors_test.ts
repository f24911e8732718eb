/** What a task's code does after its end is blamed on that task; those that follow are not failed. */
import { deepStrictEqual } from "node:assert/strict";
import { until } from "../helpers/until.ts";
import { HostileRig } from "./hostile_rig.ts";

/** The good task that follows at once takes longer than what was left behind needs to do its harm. */
const FOLLOWERS = 5;
const BLAMED = [
  "timer_throws",
  "timer_rejects",
  "throws_at_once",
  "chain_rejects",
  "channel_throws",
];
const HARMLESS = ["timer_exits", "timer_loops"];

let rig: HostileRig;
Deno.test.beforeAll(async () => {
  rig = await HostileRig.start();
});
Deno.test.afterAll(() => rig[Symbol.asyncDispose]());

for (const how of [...BLAMED, ...HARMLESS]) {
  Deno.test(`isolation process: late ${how} is blamed on nobody else`, async () => {
    await using neighbour = await rig.startNeighbour();
    const late = await rig.run("late", { how, folder: rig.folder });
    deepStrictEqual([late.status, late.result], ["completed", "done"]);
    for (let follower = 0; follower < FOLLOWERS; follower++) await rig.checkGood();
    if (BLAMED.includes(how)) {
      const isBlamed = async () => (await rig.server.getTask(late.task_id)).late_errors.length > 0;
      await until("the error is told with the task that left it", isBlamed);
      const { status, late_errors } = await rig.server.getTask(late.task_id);
      deepStrictEqual([status, late_errors.map(({ message }) => message)], [
        "completed",
        ["Error: late"],
      ]);
    }
    await neighbour.checkUntouched();
    await rig.settled();
  });
}
