/** The saved views on record, as they were written last. */
import { LidoError } from "../../model/errors.ts";
import { type SavedView, VIEWS_MAX } from "../../model/saved_view.ts";
import { Turns } from "../../model/turns.ts";
import type { ViewArchive } from "../archives.ts";
import type { Journal } from "./journal/journal.ts";

/** See the head of this file. */
export class LocalViews implements ViewArchive {
  readonly #journal: Journal;
  readonly #views: Map<string, SavedView>;
  readonly #changes = new Turns();

  constructor(journal: Journal, views: readonly SavedView[]) {
    this.#journal = journal;
    this.#views = new Map(views.map((view) => [view.name, view]));
  }

  get all(): readonly SavedView[] {
    return [...this.#views.values()].sort((one, other) => one.name < other.name ? -1 : 1);
  }

  async save(view: SavedView): Promise<void> {
    await this.#changes.take(async () => {
      const { name, query, savedAtMs } = view;
      if (!this.#views.has(name) && this.#views.size >= VIEWS_MAX) {
        throw new LidoError(
          "view_limit_reached",
          `Cannot save view: there are ${VIEWS_MAX} already`,
        );
      }
      await this.#journal.change({ kind: "view", name, query, atMs: Math.round(savedAtMs) });
      this.#views.set(name, view);
    });
  }

  async remove(name: string): Promise<void> {
    await this.#changes.take(async () => {
      if (!this.#views.has(name)) {
        throw new LidoError("view_not_found", `Cannot remove view: none is called ${name}`);
      }
      await this.#journal.change({ kind: "view", name, query: null, atMs: 0 });
      this.#views.delete(name);
    });
  }
}
