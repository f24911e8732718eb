import { deepStrictEqual } from "node:assert/strict";
import { TextIndex } from "../../../../../../core/engine/local/journal/text_index.ts";
import { DatabaseSync } from "node:sqlite";
import { TaskFile } from "../../../../../helpers/task_file.ts";

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
    await index.whenIdle();
    deepStrictEqual(readSeq(file), 2);
    file.add({});
    await index.whenIdle();
    deepStrictEqual(readSeq(file), 3);
  }
  file.add({});
  deepStrictEqual(readSeq(file), 3);
});

function readSeq(file: TaskFile): unknown {
  const db = new DatabaseSync(file.indexPath, { readOnly: true });
  try {
    return db.prepare("SELECT seq FROM progress").get()?.["seq"];
  } finally {
    db.close();
  }
}
