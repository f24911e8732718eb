import type { Result, Router } from "hono/router";
import { TrieRouter } from "hono/router/trie-router";

/**
 * Remembers what addresses lead to that have no part that varies: most requests ask for one of a few.
 * (Hono's own router for speed takes no `/tasks/:id` beside `/tasks/bulk/:id`. The one that does makes
 * two kilobytes of each match, most of which outlive a minor collection of garbage.)
 */
export class StaticPathRouter<Handler> implements Router<Handler> {
  readonly name = "StaticPathRouter";
  readonly #router = new TrieRouter<Handler>();
  /** Routes by method and address, and what was found for those that were asked for. */
  readonly #fixed = new Set<string>();
  readonly #found = new Map<string, Result<Handler>>();

  add(method: string, path: string, handler: Handler): void {
    this.#router.add(method, path, handler);
    if (!/[:*?]/.test(path)) this.#fixed.add(keyOf(method, path));
    // It may be for whatever method or address, and belong to each.
    this.#found.clear();
  }

  match(method: string, path: string): Result<Handler> {
    const key = keyOf(method, path);
    const found = this.#found.get(key);
    if (found !== undefined) return found;
    const result = this.#router.match(method, path);
    if (this.#fixed.has(key)) this.#found.set(key, result);
    return result;
  }
}

function keyOf(method: string, path: string): string {
  return `${method} ${path}`;
}
