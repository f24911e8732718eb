/** What the address of the list of tasks says of its looks: what it is filtered by, and its columns. */
import { type Column, COLUMNS, COLUMNS_DEFAULT } from "../../views/pages/task_table.tsx";
import { PAGE_SIZES } from "../../views/parts/pager.tsx";
import { PER_PAGE_DEFAULT } from "./pager.ts";
import type { Visit } from "./visit.tsx";

const PATH = "/tasks";

/** See the head of this file. */
export class ListAddress {
  /** The filter, as it was typed. */
  readonly query: string;
  /** In their order; what the address calls columns and is none is left out. */
  readonly columns: readonly Column[];
  /** What is kept from page to page. */
  readonly kept: readonly (readonly [string, string])[];

  constructor(parameters: URLSearchParams) {
    this.query = parameters.get("q") ?? "";
    const asked = new Set(parameters.getAll("col"));
    const chosen = COLUMNS.filter((column) => asked.has(column));
    this.columns = asked.size === 0 ? COLUMNS_DEFAULT : chosen;
    const perPage = parameters.get("per_page") ?? "";
    this.kept = [
      ...this.query === "" ? [] : [["q", this.query] as const],
      // A list without any of them says so by a word that is none.
      ...asked.size === 0 ? [] : chosen.length === 0 ? [["col", NONE] as const] : chosen.map(
        (column) => ["col", column] as const,
      ),
      ...isPageSize(perPage) ? [["per_page", perPage] as const] : [],
    ];
  }

  /** As the request of a page has it. */
  static of(visit: Visit): ListAddress {
    return new ListAddress(new URL(visit.c.req.url).searchParams);
  }

  /** What a saved view keeps of it. */
  get view(): string {
    return parametersOf(this.kept).toString();
  }

  /** The same list, filtered by something else. */
  href(query: string): string {
    const kept = this.kept.filter(([name]) => name !== "q");
    const text = parametersOf([...query === "" ? [] : [["q", query] as const], ...kept]).toString();
    return text === "" ? PATH : `${PATH}?${text}`;
  }
}

function isPageSize(text: string): boolean {
  return PAGE_SIZES.some((size) => String(size) === text) && text !== String(PER_PAGE_DEFAULT);
}

/** The parameter that stands for no columns at all; the chooser's form always sends it. */
export const NONE = "none";

function parametersOf(pairs: readonly (readonly [string, string])[]): URLSearchParams {
  return new URLSearchParams(pairs.map(([name, value]) => [name, value]));
}
