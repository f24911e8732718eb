import { deepStrictEqual } from "node:assert/strict";
import { presentPagination } from "../../../../routes/present/pagination.ts";

const cursors = { nextCursor: null, prevCursor: null };

Deno.test.each([
  // total, per page, page: current, pages, next, prev, start, end
  [0, 10, 1, [1, 1, false, false, 0, 0]],
  [0, 10, 7, [1, 1, false, false, 0, 0]],
  [1, 10, 1, [1, 1, false, false, 1, 1]],
  [10, 10, 1, [1, 1, false, false, 1, 10]],
  [11, 10, 1, [1, 2, true, false, 1, 10]],
  [11, 10, 2, [2, 2, false, true, 11, 11]],
  [11, 10, 99, [2, 2, false, true, 11, 11]],
  [11, 10, 0, [1, 2, true, false, 1, 10]],
  [11, 10, -5, [1, 2, true, false, 1, 10]],
  [250, 100, 2, [2, 3, true, true, 101, 200]],
  [3, 1, 2, [2, 3, true, true, 2, 2]],
  [1_000_000, 100, 10_000, [10_000, 10_000, false, true, 999_901, 1_000_000]],
])("presentPagination() of %i items, %i a page, page %i", (totalItems, perPage, page, expected) => {
  const shown = presentPagination({ totalItems, perPage, page, ...cursors });
  const [current_page, total_pages, has_next, has_prev, start_item, end_item] = expected;
  deepStrictEqual(shown, {
    current_page,
    per_page: perPage,
    total_items: totalItems,
    total_is_exact: true,
    total_pages,
    has_next,
    has_prev,
    start_item,
    end_item,
    next_cursor: null,
    prev_cursor: null,
  });
});

Deno.test("presentPagination() has no page numbers, and goes by the cursors, when paged by cursor", () => {
  const facts = { totalItems: 25, perPage: 10, page: null, nextCursor: "n", prevCursor: null };
  deepStrictEqual(presentPagination(facts), {
    current_page: null,
    per_page: 10,
    total_items: 25,
    total_is_exact: true,
    total_pages: 3,
    has_next: true,
    has_prev: false,
    start_item: null,
    end_item: null,
    next_cursor: "n",
    prev_cursor: null,
  });
});
