import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import {
  readAttempts,
  readEvents,
  readLogs,
} from "../../../../../../core/engine/local/journal/story_read.ts";
import type { TaskId } from "../../../../../../core/model/task.ts";
import { TaskFile } from "../../../../../helpers/task_file.ts";

Deno.test("readAttempts() gives those that another followed, then the last with its outcome", async () => {
  await using file = await TaskFile.open();
  const [seq = 0] = file.add({});
  file.db.exec(`
    INSERT INTO attempts VALUES (${seq}, 1, 0, 10, 20, NULL, 'died', 'The server died', 'v1');
    UPDATE tasks SET attempt = 2 WHERE seq = ${seq};
  `);
  deepStrictEqual(readAttempts(file.rows, seq).map(({ number }) => number), [1]);
  file.end(seq, 7);
  file.db.exec(`UPDATE tasks SET state = 6, ending = '{"name":"Error","message":"no"}'`);
  const attempts = readAttempts(file.rows, seq);
  deepStrictEqual(attempts.map(({ number, outcome, message }) => [number, outcome, message]), [
    [1, "died", "The server died"],
    [2, "failed", "Error: no"],
  ]);
});

Deno.test("readEvents() and readLogs() tell oldest first what happened", async () => {
  await using file = await TaskFile.open();
  const [seq = 0] = file.add({});
  file.db.exec(`
    UPDATE tasks SET events = '[1,1,1],[2,9,1,"enough"]';
    INSERT INTO logs VALUES (${seq}, 1, 6, 'warn', 'second', 2), (${seq}, 0, 5, 'info', 'first', 1);
  `);
  deepStrictEqual(readEvents(file.rows, seq), [
    { atMs: 1, event: "submit", attempt: 1, cause: null },
    { atMs: 2, event: "cancel", attempt: 1, cause: "enough" },
  ]);
  deepStrictEqual(
    readLogs(file.rows, seq).map(({ level, text, attempt }) => [level, text, attempt]),
    [
      ["info", "first", 1],
      ["warn", "second", 2],
    ],
  );
});

Deno.test("readEvents() throws journal_corrupt for what Lido never wrote", async () => {
  await using file = await TaskFile.open();
  const [seq = 0] = file.add({});
  file.db.exec("UPDATE tasks SET events = '[1,'");
  throws(() => readEvents(file.rows, seq), { code: "journal_corrupt" });
});

Deno.test("ReadStore reads a task's story by its id, and none where there is no such task", async () => {
  await using file = await TaskFile.open();
  const [task] = file.store.bySeqs(file.add({}));
  file.db.exec("UPDATE tasks SET events = '[1,1,1]'");
  deepStrictEqual(file.store.events(task?.id as TaskId)?.map(({ event }) => event), ["submit"]);
  deepStrictEqual(file.store.logs(task?.id as TaskId), []);
  deepStrictEqual(file.store.attempts(task?.id as TaskId), []);
  const none = "00000000-0000-7000-8000-000000000000" as TaskId;
  for (const read of ["events", "logs", "attempts"] as const) {
    strictEqual(file.store[read](none), undefined);
  }
});
