/** A journal without an engine, and rows for it. */
import { join } from "node:path";
import { v7 as uuidv7 } from "uuid";
import { Journal } from "../../core/engine/local/journal/journal.ts";
import { migrate } from "../../core/engine/local/journal/migrations.ts";
import { changeJournal } from "./stored_journal.ts";

const AT_MS = 1_790_000_000_000;

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

/** A task that was submitted; see `SUBMIT_COLUMNS`. */
export function submitRow(seq: number) {
  const code = ["file:///noop.task.ts", "v1"];
  return [seq, uuidv7(), 1, "noop", `task ${seq}`, 0, AT_MS, null, ...code, null, null, null];
}
