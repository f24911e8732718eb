import { rejects, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { openEngine } from "../../../../helpers/open_engine.ts";

/** How many descriptors this process has of a file. */
function descriptorsOfFile(path: string): number {
  return [...Deno.readDirSync("/proc/self/fd")].filter(({ name }) => {
    try {
      return Deno.readLinkSync(`/proc/self/fd/${name}`).startsWith(path);
    } catch {
      return false; // the descriptor that looked
    }
  }).length;
}

Deno.test({
  name: "LocalEngine.open() closes the journal again where something in it cannot be read",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const folder = await Deno.makeTempDir({ prefix: "lido-parts-" });
    const data = join(folder, "data");
    const journalPath = join(data, "journal.sqlite");
    {
      await using _engine = await openEngine(data);
    }
    {
      using file = new DatabaseSync(journalPath);
      file.exec("INSERT INTO alert_deliveries (delivery) VALUES ('{')");
    }
    await rejects(openEngine(data), { code: "journal_corrupt" });
    strictEqual(descriptorsOfFile(journalPath), 0);
    await Deno.remove(folder, { recursive: true });
  },
});
