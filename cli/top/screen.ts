import type { Terminal } from "../world.ts";

/** The lines that a terminal shows; only those that are others than before are written. */
export class Screen {
  readonly #terminal: Terminal;
  #shown: readonly string[] = [];

  /** Nothing is known of what the terminal shows. */
  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** The terminal's size has changed, and it has moved its lines: all are written anew. */
  forget(): void {
    this.#shown = [];
    this.#terminal.write("\x1b[2J");
  }

  /** Shows lines, from the uppermost on. */
  show(lines: readonly string[]): void {
    const changed = lines.flatMap((line, index) =>
      line === this.#shown[index] ? [] : [`\x1b[${index + 1};1H\x1b[2K${line}`]
    );
    this.#shown = lines;
    if (changed.length > 0) this.#terminal.write(changed.join(""));
  }
}
