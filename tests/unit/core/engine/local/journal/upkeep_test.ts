import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { inspectJournal } from "../../../../../../core/engine/local/journal/inspection.ts";
import { Upkeep } from "../../../../../../core/engine/local/journal/upkeep.ts";
import {
  changeJournal,
  readStates,
  StoredJournals,
} from "../../../../../helpers/stored_journal.ts";

const RUNNING = { code: "backup_running", message: "Cannot back up: another backup is under way" };

/** An upkeep of a journal of 5 tasks. */
async function makeUpkeep() {
  const journals = await StoredJournals.open();
  const data = await journals.make("data", { completed: 3, pending: 2 });
  const paths = {
    journalPath: join(data, "journal.sqlite"),
    copyPath: join(data, "backup.partial"),
  };
  return { journals, upkeep: new Upkeep(paths), ...paths };
}

Deno.test("Upkeep.copy() gives the whole journal, and leaves no file", async () => {
  const { journals, upkeep, copyPath } = await makeUpkeep();
  await using _ = journals;
  using _upkeep = upkeep;
  const { bytes, content } = await upkeep.copy();
  strictEqual(existsSync(copyPath), false);
  const file = journals.path("got");
  await Deno.writeFile(file, content);
  strictEqual((await Deno.stat(file)).size, bytes);
  deepStrictEqual(readStates(file), { 3: 2, 5: 3 });
  deepStrictEqual(inspectJournal(file).findings.filter(({ isOk }) => !isOk), []);
});

Deno.test("Upkeep.copy() refuses a second while the first is made or read, and takes the next", async () => {
  const { journals, upkeep, copyPath } = await makeUpkeep();
  await using _ = journals;
  using _upkeep = upkeep;
  const first = upkeep.copy();
  await rejects(upkeep.copy(), RUNNING);
  const { content } = await first;
  await rejects(upkeep.copy(), RUNNING);
  await content.cancel();
  const second = await upkeep.copy();
  await new Response(second.content).arrayBuffer();
  await (await upkeep.copy()).content.cancel();
  strictEqual(existsSync(copyPath), false);
});

Deno.test("Upkeep.copy() leaves no file behind when its caller left meanwhile", async () => {
  const { journals, upkeep, copyPath } = await makeUpkeep();
  await using _ = journals;
  using _upkeep = upkeep;
  const leaving = new AbortController();
  const copy = upkeep.copy(leaving.signal);
  leaving.abort(new Error("left"));
  await rejects(copy, { message: "left" });
  strictEqual(existsSync(copyPath), false);
  await (await upkeep.copy()).content.cancel();
});

Deno.test("Upkeep.copy() takes the place of what an earlier copy left", async () => {
  const { journals, upkeep, copyPath, journalPath } = await makeUpkeep();
  await using _ = journals;
  using _upkeep = upkeep;
  await Deno.writeTextFile(copyPath, "half of a copy");
  const { content } = await upkeep.copy();
  const file = journals.path("got");
  await Deno.writeFile(file, content);
  deepStrictEqual(readStates(file), readStates(journalPath));
});

Deno.test("Upkeep.copy() tells why it cannot copy, and can do so again", async () => {
  const { journals, upkeep, copyPath } = await makeUpkeep();
  await using _ = journals;
  using missing = new Upkeep({ journalPath: journals.path("none"), copyPath });
  using _upkeep = upkeep;
  for (let time = 0; time < 2; time++) {
    await rejects(missing.copy(), {
      code: "journal_unavailable",
      message: `Cannot read the journal: unable to open database file: ${journals.path("none")}`,
    });
  }
});

Deno.test("Upkeep.check() looks anew each time; who asks meanwhile shares the next look", async () => {
  const { journals, upkeep, journalPath } = await makeUpkeep();
  await using _ = journals;
  using _upkeep = upkeep;
  const isWell = async (look = upkeep.check()) => (await look).every(({ isOk }) => isOk);
  strictEqual(await isWell(), true);
  changeJournal(journalPath, "UPDATE counters SET kept = 9 WHERE state = 5");
  strictEqual(await isWell(), false);
  changeJournal(journalPath, "UPDATE counters SET kept = 3 WHERE state = 5");
  const looks = Array.from({ length: 20 }, () => upkeep.check());
  strictEqual(new Set(looks).size, 1);
  strictEqual(await isWell(looks[0]), true);
});

Deno.test("Upkeep tells who waits that the server ends", async () => {
  const { journals, upkeep } = await makeUpkeep();
  await using _ = journals;
  const waiting = [upkeep.check(), upkeep.copy()].map((one) =>
    rejects(one, {
      code: "server_closing",
      message: "Cannot read the journal: Lido is shutting down",
    })
  );
  upkeep[Symbol.dispose]();
  await Promise.all(waiting);
});
