/**
 * The server is killed at random instants under steady submits: nothing that was acknowledged is
 * lost, nothing that was seen completed runs again, and counters are what the tasks add up to.
 * `TEST_KILLS` says how often (20 unless it does); the seed is printed, and `TEST_SEED` repeats it.
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { JournalRig } from "../helpers/journal_rig.ts";

const KILLS = Number(Deno.env.get("TEST_KILLS") ?? 20);
/** Deaths of the server after which a task that ran in each of them is not run again. */
const DEATHS = 3;

Deno.test(`${KILLS} times kill -9 under steady submits loses nothing and repeats only what ran`, async () => {
  await killUnderSubmits("fsync", KILLS);
});

const RELAXED_KILLS = Math.ceil(KILLS / 5);
Deno.test(`${RELAXED_KILLS} times kill -9 takes nothing from a relaxed pool either`, async () => {
  await killUnderSubmits("relaxed", RELAXED_KILLS);
});

async function killUnderSubmits(durability: string, kills: number): Promise<void> {
  await using rig = await JournalRig.open(durability);
  const seen = new Set<string>();
  for (let kill = 0; kill < kills; kill++) {
    await rig.start();
    await rig.submitUntilKilled(150 + rig.random() * 500, seen);
    checkFile(rig.journalPath);
  }
  await rig.start();
  ok(await rig.sendKeysAgain() > 0, "no key that was answered was sent again after a kill");
  await rig.whenAllEnded();

  const tasks = await rig.readAllTasks();
  const byId = new Map(tasks.map((task) => [task.task_id, task]));
  const poisonous = tasks.filter(({ failure }) => failure?.code === "poisonous");
  for (const { attempt } of poisonous) ok(attempt >= DEATHS, `poisonous after ${attempt} attempts`);
  const endedWell = new Set(
    tasks.filter(({ status }) => status === "completed").map(({ task_id: id }) => id),
  );
  for (const { task_id: id } of poisonous) endedWell.add(id);
  const lost = [...rig.acknowledged].filter((id) => !endedWell.has(id));
  deepStrictEqual(lost, []);
  // Batches came whole or not at all.
  const batches = Map.groupBy(
    tasks.filter(({ name }) => name.startsWith("batch ")),
    (one) => one.name,
  );
  deepStrictEqual([...batches.values()].filter(({ length }) => length !== rig.batchTasks), []);
  // A key never made two tasks, though many were sent again, also after a kill.
  const keyed = tasks.filter(({ name }) => name.startsWith("key ")).map(({ name }) => name);
  strictEqual(new Set(keyed).size, keyed.length);

  const runs = await rig.readRuns();
  const starts = Map.groupBy(runs, ({ taskId }) => taskId);
  let repeated = 0;
  for (const [taskId, list] of starts) {
    const numbers = list.map(({ attempt }) => attempt);
    // Each further run was counted as a further attempt.
    strictEqual(new Set(numbers).size, numbers.length, `task ${taskId} ran as ${numbers}`);
    if (numbers.length > 1) repeated++;
    const last = Math.max(...numbers);
    const { attempt = last, failure } = byId.get(taskId) ?? {};
    // One that was given up may have been handed over a last time, and died before its code began.
    if (failure?.code === "poisonous") ok(attempt >= last, `task ${taskId} ran as ${numbers}`);
    else strictEqual(attempt, last, `task ${taskId} ran as ${numbers}`);
    const seenAt = rig.seenCompletedAtKill.get(taskId);
    if (seenAt !== undefined) {
      ok(
        list.every(({ life }) => life <= seenAt),
        `task ${taskId} ran again after it was seen done`,
      );
    }
  }
  const counts = await rig.readCounts();
  const completed = tasks.length - poisonous.length;
  deepStrictEqual(counts, { total: tasks.length, completed, active: 0 });
  checkFile(rig.journalPath);
  checkFold(rig.journalPath);
  ok(seen.size >= kills, `only ${seen.size} tasks were seen completed`);
  rig.report(
    `${durability}: ${kills} kills, ${rig.acknowledged.size} tasks acknowledged, ${tasks.length} on record, ` +
      `${runs.length} runs, ${repeated} tasks repeated, ${seen.size} seen completed, ` +
      `${poisonous.length} given up as poisonous; 0 lost`,
  );
}

function checkFile(path: string): void {
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    strictEqual(db.prepare("PRAGMA integrity_check").get()?.["integrity_check"], "ok");
  } finally {
    db.close();
  }
}

/** Counters are what the tasks are, and what the events add up to; each task ended once. */
function checkFold(path: string): void {
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    const counted = db.prepare(
      "SELECT pool, state, kept FROM counters WHERE state < 100 AND kept <> 0 ORDER BY 1, 2",
    ).all();
    const there = db.prepare(
      "SELECT pool, state, count(*) AS kept FROM tasks GROUP BY 1, 2 ORDER BY 1, 2",
    ).all();
    deepStrictEqual(there.map((row) => ({ ...row })), counted.map((row) => ({ ...row })));
    const notOnce = db.prepare(
      `SELECT t.seq FROM tasks t WHERE (
         SELECT count(*) FROM json_each('[' || t.events || ']') e WHERE e.value ->> 1 IN (5, 8, 9)
       ) <> 1`,
    ).all();
    deepStrictEqual(notOnce, []);
  } finally {
    db.close();
  }
}
