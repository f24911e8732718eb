/** Whose a data folder is: nobody else may change what a server finds there. */
import { throws } from "node:assert/strict";
import { join } from "node:path";
import { DataFolder } from "../../../../../../core/engine/local/journal/data_folder.ts";

const FILES = ["journal.sqlite", "journal.sqlite-wal", "search.sqlite-wal", "running.ledger"];
/** Of a user who need not exist. */
const OTHER = 54_321;

/** A data folder with empty files. */
async function makeFolder(): Promise<string> {
  const data = await Deno.makeTempDir({ prefix: "lido-folder-" });
  for (const name of FILES) await Deno.writeTextFile(join(data, name), "", { mode: 0o600 });
  return data;
}

function refuses(data: string, reason: string): void {
  const message = `Cannot use data folder ${data}: ${reason}`;
  throws(() => DataFolder.open(data), { code: "data_folder_unusable", message });
}

Deno.test("DataFolder.open() refuses a folder, or a file in it, that others may write to", async () => {
  const data = await makeFolder();
  for (const path of [data, ...FILES.map((name) => join(data, name))]) {
    const mode = path === data ? 0o700 : 0o600;
    for (const others of [0o020, 0o002]) {
      await Deno.chmod(path, mode | others);
      refuses(data, `others than its owner may write to ${path}: use chmod go-w`);
    }
    await Deno.chmod(path, mode);
  }
  DataFolder.open(data)[Symbol.dispose]();
  await Deno.remove(data, { recursive: true });
});

Deno.test({
  name: "DataFolder.open() refuses a folder, or a file in it, that is another user's",
  ignore: Deno.uid() !== 0, // only root can give a file away
  fn: async () => {
    const data = await makeFolder();
    for (const path of [data, ...FILES.map((name) => join(data, name))]) {
      await Deno.chown(path, OTHER, null);
      refuses(data, `${path} belongs to another user (${OTHER}): use chown, or run as that user`);
      await Deno.chown(path, 0, null);
    }
    DataFolder.open(data)[Symbol.dispose]();
    await Deno.remove(data, { recursive: true });
  },
});
