import { LidoError } from "../../../model/errors.ts";

/** What is told and remembered of one journal: damage of many places is told by the first ones. */
const TOLD_MAX = 100;

/** Remembers that a read found the journal damaged, and tells each damage once. */
export class DamageWatch {
  readonly #onError: (error: unknown) => void;
  readonly #told = new Set<string>();
  #found: LidoError | undefined;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** What was found first; undefined when nothing was. */
  get found(): LidoError | undefined {
    return this.#found;
  }

  /** Looks at an error that a read gave; any that is no damage is left to whoever reads. */
  see(error: unknown): void {
    if (!(error instanceof LidoError) || error.code !== "journal_corrupt") return;
    this.#found ??= error;
    if (this.#told.has(error.message) || this.#told.size === TOLD_MAX) return;
    this.#told.add(error.message);
    this.#onError(error);
  }

  /** Reads, and sees what that throws. */
  reading<Read>(read: () => Read): Read {
    try {
      return read();
    } catch (error) {
      this.see(error);
      throw error;
    }
  }
}
