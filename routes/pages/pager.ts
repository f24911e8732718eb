/** Ways from one page of a list to the others. */
import { PAGE_SIZES, type PagerModel } from "../../views/parts/pager.tsx";
import { type PageQuery, readPage } from "../api/query.ts";
import type { Visit } from "./visit.tsx";

/** A page's length unless somebody chose another. */
export const PER_PAGE_DEFAULT = 20;

/** A page of a list, as it was found. */
export interface FoundPage {
  /** Null when it was reached from a cursor. */
  readonly page: number | null;
  readonly perPage: number;
  /** How many there are, in words and, if that is known exactly, in number. */
  readonly total: string;
  readonly totalItems: number | null;
  readonly nextCursor: string | null;
  readonly prevCursor: string | null;
  /** What each way keeps of the address. */
  readonly kept: readonly (readonly [string, string])[];
}

/** Which page the address asks for, and how long. */
export function readAsked(visit: Visit): PageQuery {
  const query = new Map(Object.entries(visit.c.req.query()).filter(([, value]) => value));
  const asked = readPage(query);
  const isChosen = PAGE_SIZES.some((size) => String(size) === query.get("per_page"));
  return isChosen ? asked : { ...asked, perPage: PER_PAGE_DEFAULT };
}

/** Makes the ways. */
export function pagerOf(visit: Visit, found: FoundPage): PagerModel {
  const { page, perPage, total, totalItems, nextCursor, prevCursor, kept } = found;
  const path = new URL(visit.c.req.url).pathname;
  const href = (fields: Readonly<Record<string, string | number>>) => {
    const query = new URLSearchParams(kept.map(([name, value]) => [name, value]));
    if (perPage !== PER_PAGE_DEFAULT) query.set("per_page", String(perPage));
    for (const [name, value] of Object.entries(fields)) query.set(name, String(value));
    const text = query.toString();
    return text === "" ? path : `${path}?${text}`;
  };
  const pages = totalItems === null ? null : Math.max(1, Math.ceil(totalItems / perPage));
  const hasNext = page !== null && (pages === null ? nextCursor !== null : page < pages);
  return {
    page,
    pages,
    perPage,
    total,
    first: page === 1 ? null : href({}),
    previous: page !== null && page > 1 ? href({ page: page - 1 }) : null,
    next: hasNext ? href({ page: page + 1 }) : null,
    last: page !== null && pages !== null && page !== pages ? href({ page: pages }) : null,
    newer: prevCursor === null ? null : href({ cursor: prevCursor }),
    older: nextCursor === null ? null : href({ cursor: nextCursor }),
    kept,
    action: path,
  };
}
