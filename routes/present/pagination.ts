/** Where a page of a list stands in it. */
export interface PageFacts {
  readonly totalItems: number;
  /** False when there are more than `totalItems`; exact if left out. */
  readonly isTotalExact?: boolean;
  readonly perPage: number;
  /** The page's number; null when the page was found by a cursor. */
  readonly page: number | null;
  readonly nextCursor: string | null;
  readonly prevCursor: string | null;
}

/** Computes a list's `pagination`. An empty list has one page, with nothing on it. */
export function presentPagination(facts: PageFacts): Record<string, unknown> {
  const { totalItems, perPage, page, nextCursor, prevCursor } = facts;
  const totalPages = Math.max(1, Math.ceil(totalItems / perPage));
  const current = page === null ? null : Math.min(Math.max(page, 1), totalPages);
  const before = current === null ? null : (current - 1) * perPage;
  return {
    current_page: current,
    per_page: perPage,
    total_items: totalItems,
    total_is_exact: facts.isTotalExact ?? true,
    total_pages: totalPages,
    has_next: current === null || facts.isTotalExact === false
      ? nextCursor !== null
      : current < totalPages,
    has_prev: current === null ? prevCursor !== null : current > 1,
    start_item: before === null ? null : Math.min(before + 1, totalItems),
    end_item: before === null ? null : Math.min(before + perPage, totalItems),
    next_cursor: nextCursor,
    prev_cursor: prevCursor,
  };
}
