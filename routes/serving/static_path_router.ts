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
  /** By method and address, as many as there are routes; undefined until it is asked for. */
  readonly #found = new Map<string, Result<Handler> | undefined>();

  add(method: string, path: string, handler: Handler): void {
    this.#router.add(method, path, handler);
    if (!/[:*?]/.test(path)) this.#found.set(keyOf(method, path), undefined);
    // Handlers for whatever address belong to each.
    else for (const key of this.#found.keys()) this.#found.set(key, undefined);
  }

  match(method: string, path: string): Result<Handler> {
    const key = keyOf(method, path);
    const found = this.#found.get(key);
    if (found !== undefined) return found;
    const result = this.#router.match(method, path);
    if (this.#found.has(key)) this.#found.set(key, result);
    return result;
  }
}

function keyOf(method: string, path: string): string {
  return `${method} ${path}`;
}
