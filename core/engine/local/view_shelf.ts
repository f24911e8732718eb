/** The saved views on record, as they were written last. */
import { LidoError } from "../../model/errors.ts";
import { type SavedView, VIEWS_MAX } from "../../model/saved_view.ts";
import type { Change } from "./journal/group.ts";

/** See the head of this file. */
export class ViewShelf {
  readonly #views: Map<string, SavedView>;

  constructor(views: readonly SavedView[]) {
    this.#views = new Map(views.map((view) => [view.name, view]));
  }

  /** All of them, by name. */
  get views(): readonly SavedView[] {
    return [...this.#views.values()].sort((one, other) => one.name < other.name ? -1 : 1);
  }

  /**
   * Takes a view, in the place of one of its name; gives what is to be written.
   * @throws {LidoError} `view_limit_reached`.
   */
  put(view: SavedView): Change {
    if (!this.#views.has(view.name) && this.#views.size >= VIEWS_MAX) {
      throw new LidoError("view_limit_reached", `Cannot save view: there are ${VIEWS_MAX} already`);
    }
    this.#views.set(view.name, view);
    return { kind: "view", name: view.name, query: view.query, atMs: Math.round(view.savedAtMs) };
  }

  /** Lets a view go; gives what is to be written. @throws {LidoError} `view_not_found`. */
  remove(name: string): Change {
    if (!this.#views.delete(name)) {
      throw new LidoError("view_not_found", `Cannot remove view: none is called ${name}`);
    }
    return { kind: "view", name, query: null, atMs: 0 };
  }
}
