import { deepStrictEqual } from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { GroupStore } from "../../../../../../core/engine/local/journal/group_store.ts";
import { MIGRATIONS } from "../../../../../../core/engine/local/journal/schema.ts";

Deno.test("GroupStore keeps a pool's last 1,000 versions, and those of others", () => {
  const db = new DatabaseSync(":memory:");
  for (const { sql } of MIGRATIONS) db.exec(sql);
  const store = new GroupStore(db, false, 0);
  const save = (pool: number, version: number) => ({
    kind: "pool" as const,
    number: pool,
    id: `pool-${pool}`,
    state: "running",
    createdAtMs: 0,
    version,
    atMs: version,
    author: "autoscale",
    reason: null,
    settings: "{}",
  });
  const changes = [save(2, 1), ...Array.from({ length: 1_003 }, (_, at) => save(1, 1 + at))];
  store.write({ kind: "group", number: 1, isSynced: false, tasks: [], rows: 0, changes });
  const kept = db.prepare(
    `SELECT pool, min(version) AS first, max(version) AS last, count(*) AS n
     FROM pool_settings GROUP BY pool`,
  ).all().map((row) => ({ ...row }));
  deepStrictEqual(kept, [
    { pool: 1, first: 4, last: 1_003, n: 1_000 },
    { pool: 2, first: 1, last: 1, n: 1 },
  ]);
  db.close();
});
