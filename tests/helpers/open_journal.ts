/** A journal without an engine. */
import { join } from "node:path";
import { Journal } from "../../core/engine/local/journal/journal.ts";
import { migrate } from "../../core/engine/local/journal/migrations.ts";
import { changeJournal } from "./stored_journal.ts";

/** A journal in a folder of its own, which goes with `end()`; `sql` is run in it before it is opened. */
export async function openJournal(
  options: { readonly inboxRowsMin?: number; readonly isDurable?: boolean } = {},
  sql = "",
) {
  const folder = await Deno.makeTempDir({ prefix: "lido-journal-" });
  const path = join(folder, "journal.sqlite");
  await migrate(path);
  changeJournal(path, sql);
  const listener = { written: () => {}, failed: () => {} };
  const journal = await Journal.open(path, { isDurable: true, listener, ...options });
  const end = async () => {
    await journal[Symbol.asyncDispose]();
    await Deno.remove(folder, { recursive: true });
  };
  return { journal, path, end };
}
