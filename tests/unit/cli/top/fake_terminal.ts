import type { Terminal, TerminalSize } from "../../../../cli/world.ts";
import { within } from "../../../helpers/within.ts";
import { SIZE } from "./top_samples.ts";

/** A terminal whose screen is a list of lines, and whose keys the test presses. */
export class FakeTerminal implements Terminal {
  readonly written: string[] = [];
  readonly #keys = new TransformStream<string, string>();
  readonly #typist = this.#keys.writable.getWriter();
  #size: TerminalSize = SIZE;
  #tellResize = () => {};
  #lines: string[] = [];
  #looks: (() => void)[] = [];
  /** How often it was given back. */
  disposals = 0;

  get typed(): AsyncIterable<string> {
    return this.#keys.readable;
  }

  size(): TerminalSize {
    return this.#size;
  }

  write(text: string): void {
    this.written.push(text);
    if (text === "\x1b[2J") this.#lines = [];
    // deno-lint-ignore no-control-regex
    for (const [, row, line] of text.matchAll(/\x1b\[(\d+);1H\x1b\[2K([^\x1b]*)/g)) {
      this.#lines[Number(row) - 1] = line ?? "";
    }
    for (const look of this.#looks.splice(0)) look();
  }

  onResize(tell: () => void): void {
    this.#tellResize = tell;
  }

  [Symbol.dispose](): void {
    this.disposals += 1;
  }

  /** What a person sees. */
  get screen(): string {
    return this.#lines.join("\n");
  }

  /** Waits until a person sees this. */
  async shows(text: string): Promise<void> {
    while (!this.screen.includes(text)) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#looks.push(resolve);
      await within(`the terminal shows ${JSON.stringify(text)}, and not:\n${this.screen}`, promise);
    }
  }

  /** Presses keys. */
  async press(keys: string): Promise<void> {
    await this.#typist.write(keys);
  }

  /** The person has gone. */
  async hangUp(): Promise<void> {
    await this.#typist.close();
  }

  resize(size: TerminalSize): void {
    this.#size = size;
    this.#tellResize();
  }
}
