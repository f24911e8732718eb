import { deepStrictEqual, throws } from "node:assert/strict";
import type { StoredPageRequest } from "../../../../../../core/engine/local/journal/task_page.ts";
import type { StoredFilter } from "../../../../../../core/engine/local/journal/task_query.ts";
import { TaskFile } from "../../../../../helpers/task_file.ts";

function show(file: TaskFile, filter: StoredFilter, request: StoredPageRequest) {
  const { rows, ...page } = file.store.list(filter, request);
  return { seqs: rows.map(({ seq }) => seq), ...page };
}

Deno.test("readTaskPage() leads on from a page by number only where there is more", async () => {
  await using file = await TaskFile.open();
  file.add(...Array.from({ length: 5 }, (_, at) => ({ name: at === 1 ? "needle" : `hay ${at}` })));
  file.indexAll();
  const total = { totalItems: 4, isTotalExact: true };
  deepStrictEqual(show(file, { text: "hay" }, { page: 1, perPage: 2 }), {
    seqs: [5, 4],
    ...total,
    page: 1,
    nextCursor: "older-4",
    prevCursor: null,
  });
  deepStrictEqual(show(file, { text: "hay" }, { page: 2, perPage: 2 }), {
    seqs: [3, 1],
    ...total,
    page: 2,
    nextCursor: null,
    prevCursor: "newer-3",
  });
});

Deno.test("readTaskPage() gives pages from both ends of a list", async () => {
  await using file = await TaskFile.open();
  file.add(...Array.from({ length: 8 }, () => ({})));
  const pages = [1, 2, 3].map((page) => show(file, {}, { page, perPage: 3 }));
  deepStrictEqual(pages.map(({ seqs }) => seqs), [[8, 7, 6], [5, 4, 3], [2, 1]]);
  deepStrictEqual(pages.map(({ nextCursor, prevCursor }) => [nextCursor, prevCursor]), [
    ["older-6", null],
    ["older-3", "newer-5"],
    [null, "newer-2"],
  ]);
});

Deno.test("readTaskPage() leads back from an empty page to where it was asked from", async () => {
  await using file = await TaskFile.open();
  file.add({}, {});
  const { seqs, nextCursor, prevCursor } = show(file, {}, { cursor: "older-1", perPage: 3 });
  deepStrictEqual([seqs, nextCursor, prevCursor], [[], null, "newer-0"]);
  deepStrictEqual(show(file, {}, { cursor: "newer-2", perPage: 3 }).nextCursor, "older-3");
});

Deno.test("readTaskPage() counts at least what a page shows, and to the end once that is seen", async () => {
  await using file = await TaskFile.open();
  file.add(...Array.from({ length: 400 }, (_, at) => ({ priority: at < 100 ? 1 : 0 })));
  const totals = [1, 2, 10, 11].map((page) => {
    const { totalItems, isTotalExact } = file.store.list({ priority: { min: 1 } }, {
      page,
      perPage: 10,
    });
    return [totalItems, isTotalExact];
  });
  deepStrictEqual(totals, [[11, false], [21, false], [100, true], [0, false]]);
});

Deno.test("readTaskPage() throws journal_corrupt when tasks are missing that were counted", async () => {
  await using file = await TaskFile.open();
  file.add({}, {}, {});
  file.db.exec("DELETE FROM tasks WHERE seq = 2");
  throws(() => file.store.list({}, { page: 1, perPage: 5 }), { code: "journal_corrupt" });
});
