/** How many lines each list of `top` has. */

/** Lines of rows, without headings; 0 where a list is left out with its headings. */
export interface Heights {
  readonly pools: number;
  readonly threads: number;
  readonly types: number;
}

/** How many rows there are to show. */
export interface RowCounts {
  readonly pools: number;
  readonly threads: number;
  readonly types: number;
}

/** Lines above the lists, and beneath them. */
export const HEAD_LINES = 3;
const FOOT_LINES = 1;
/** Headings of each list. */
const POOLS_HEADING = 1;
const THREADS_HEADING = 2;
const TYPES_HEADING = 1;
/** A terminal with fewer lines has no room for the list. */
const THREADS_NEED = 12;
const TYPES_NEED = 18;

/** Shares the lines of a terminal out; what one list does not need, another gets. */
export function layOut(counts: RowCounts, lines: number): Heights {
  const hasThreads = lines >= THREADS_NEED;
  const hasTypes = lines >= TYPES_NEED;
  const headings = POOLS_HEADING + (hasThreads ? THREADS_HEADING : 0) +
    (hasTypes ? TYPES_HEADING : 0);
  const room = Math.max(1, lines - HEAD_LINES - FOOT_LINES - headings);
  // An empty list has a line that says so.
  const types = hasTypes ? Math.min(Math.max(1, counts.types), Math.ceil(room / 6)) : 0;
  const wanted = hasThreads ? Math.max(1, counts.threads) : 0;
  const fair = hasThreads ? Math.min(wanted, Math.ceil(room / 3)) : 0;
  const pools = Math.max(1, Math.min(Math.max(1, counts.pools), room - types - fair));
  const threads = Math.min(wanted, room - types - pools);
  const spare = hasTypes ? room - types - pools - threads : 0;
  return { pools, threads, types: Math.min(types + spare, Math.max(types, counts.types)) };
}
