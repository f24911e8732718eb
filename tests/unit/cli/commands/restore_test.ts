import { deepStrictEqual, match } from "node:assert/strict";
import { join } from "node:path";
import { backUpFolder } from "../../../../core/mod.ts";
import { readStates, StoredJournals } from "../../../helpers/stored_journal.ts";
import { run } from "../fake_world.ts";

Deno.test("restore puts a backup in the folder, and tells where the old journal is", async () => {
  await using journals = await StoredJournals.open();
  const file = journals.path("b.sqlite");
  await backUpFolder(await journals.make("other", { pending: 7 }), file);
  const data = await journals.make("data", { completed: 3 });
  const { code, out, err } = await run(["restore", file, "--json"], { env: { LIDO_DATA: data } });
  const { path, tasks, kept_path: keptPath } = JSON.parse(out);
  deepStrictEqual({ code, err, path, tasks }, { code: 0, err: "", path: data, tasks: 7 });
  deepStrictEqual(readStates(join(data, "journal.sqlite")), { 3: 7 });
  deepStrictEqual(readStates(keptPath), { 5: 3 });
});

Deno.test("restore into a new folder says what it did", async () => {
  await using journals = await StoredJournals.open();
  const file = journals.path("b.sqlite");
  await backUpFolder(await journals.make("other", { pending: 7 }), file);
  const data = journals.path("new");
  deepStrictEqual(await run(["restore", file, "--data", data]), {
    code: 0,
    out: `Restored 7 tasks to ${data}\n`,
    err: "",
    seen: [],
  });
});

Deno.test("restore of what is no backup exits 1 with one sentence", async () => {
  await using journals = await StoredJournals.open();
  const file = journals.path("text");
  await Deno.writeTextFile(file, "text ".repeat(1_000));
  const { code, out, err } = await run(["restore", file, "--data", journals.path("data")]);
  deepStrictEqual([code, out], [1, ""]);
  match(err, /^Cannot restore [^\n]*text: file is not a database\n$/);
});
