import { deepStrictEqual, rejects } from "node:assert/strict";
import { ReaderThread } from "../../../../../../core/engine/local/journal/reader_thread.ts";
import { KeptWorkers } from "../../../../../helpers/kept_workers.ts";
import { openJournal } from "../../../../../helpers/open_journal.ts";
import { within } from "../../../../../helpers/within.ts";

Deno.test("ReaderThread refuses what its thread died before it answered, and reads on by another", async () => {
  const { path, end } = await openJournal();
  {
    using workers = new KeptWorkers();
    await using reader = await ReaderThread.open({
      journalPath: path,
      searchPath: `${path}.search`,
    });
    workers.killLast();
    const refused = rejects(reader.read("pools"), { code: "journal_unavailable" });
    await within("the read is refused", refused);
    deepStrictEqual(await within("the next is answered", reader.read("pools")), []);
  }
  await end();
});

Deno.test("ReaderThread closes though its thread dies of it", async () => {
  const { path, end } = await openJournal();
  {
    using workers = new KeptWorkers();
    const reader = await ReaderThread.open({ journalPath: path, searchPath: `${path}.search` });
    workers.killLast();
    await within("it is closed", reader[Symbol.asyncDispose]());
  }
  await end();
});

Deno.test("ReaderThread tells why it cannot be opened again, and tries with each read", async () => {
  const { path, end } = await openJournal();
  await Deno.copyFile(path, `${path}.copy`);
  const options = { journalPath: `${path}.copy`, searchPath: `${path}.search` };
  {
    using workers = new KeptWorkers();
    await using reader = await ReaderThread.open(options);
    workers.killLast();
    await within("the read is refused", rejects(reader.read("pools")));
    await Deno.rename(`${path}.copy`, `${path}.away`);
    const refused = rejects(reader.read("pools"), { code: "journal_unavailable" });
    await within("it cannot be opened", refused);
    await Deno.rename(`${path}.away`, `${path}.copy`);
    deepStrictEqual(await within("the next is answered", reader.read("pools")), []);
  }
  await end();
});
