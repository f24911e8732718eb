import { strictEqual } from "node:assert/strict";
import { TextIndex } from "../../../../../../core/engine/local/journal/text_index.ts";
import { DatabaseSync } from "node:sqlite";
import { TaskFile } from "../../../../../helpers/task_file.ts";
import { until } from "../../../../../helpers/until.ts";

Deno.test("TextIndex brings the index up to date at its start, and when it hears of news", async () => {
  await using file = await TaskFile.open();
  file.add({}, {});
  {
    await using index = new TextIndex({
      journalPath: file.journalPath,
      searchPath: file.indexPath,
      onError: (error) => {
        throw error;
      },
    });
    await until("what was there is in the index", () => readSeq(file) === 2);
    file.add({});
    index.poke();
    await until("what came is in it", () => readSeq(file) === 3);
  }
  file.add({});
  strictEqual(readSeq(file), 3);
});

/** Undefined while the index is not there, or is being made. */
function readSeq(file: TaskFile): unknown {
  try {
    using db = new DatabaseSync(file.indexPath, { readOnly: true });
    return db.prepare("SELECT seq FROM progress").get()?.["seq"];
  } catch {
    return undefined;
  }
}
