/** The server's side of the text index: tells its thread that there is something new. */
import { LidoError } from "../../../model/errors.ts";
import { hear } from "./hosted_thread.ts";
import type { FromTextIndex, ToTextIndex } from "./text_index_main.ts";

/** News are told at most so often. */
const POKE_MS = 200;

/** What an index is opened with. */
export interface TextIndexOptions {
  readonly journalPath: string;
  readonly searchPath: string;
  /** Told why it is not up to date: once, until there is another reason or none. */
  onError(error: LidoError): void;
}

/** See the head of this file. */
export class TextIndex implements AsyncDisposable {
  readonly #options: TextIndexOptions;
  /** Started with the first news: whoever starts the server wants its tasks first. */
  #worker: Worker | undefined;
  /** What was told last; empty when it was up to date since. */
  #told = "";
  #hasEnded = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;
  #onClosed = () => {};

  /** Begins to bring the index up to date a moment later; nobody waits for that. */
  constructor(options: TextIndexOptions) {
    this.#options = options;
    this.poke();
  }

  /** Something was written to the journal. */
  poke(): void {
    if (this.#isClosed) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#post({ kind: "poke" });
    }, POKE_MS);
  }

  /** A search found the index damaged: another is made in its place. */
  renew(reason: string): void {
    if (!this.#isClosed) this.#post({ kind: "renew", reason });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await new Promise<void>((resolve) => {
      this.#onClosed = resolve;
      if (this.#worker === undefined || this.#hasEnded) return resolve(); // nobody answers
      this.#post({ kind: "close" });
    });
    this.#worker?.terminate();
  }

  #post(message: ToTextIndex): void {
    this.#worker ??= this.#start();
    this.#worker.postMessage(message);
  }

  #start(): Worker {
    const worker = new Worker(new URL("./text_index_main.ts", import.meta.url), { type: "module" });
    hear<FromTextIndex>(worker, (message) => this.#heard(message), (reason) => {
      this.#hasEnded = true;
      this.#onClosed();
      this.#failed(new LidoError("journal_unavailable", `The text index ended: ${reason}`));
    });
    const { journalPath, searchPath } = this.#options;
    const open: ToTextIndex = { kind: "open", journalPath, searchPath };
    worker.postMessage(open);
    return worker;
  }

  #heard(message: FromTextIndex): void {
    switch (message.kind) {
      case "closed":
        return this.#onClosed();
      case "failed":
        return this.#failed(new LidoError(message.code, message.message));
      case "idle":
        this.#told = "";
    }
  }

  #failed(error: LidoError): void {
    if (error.message !== this.#told) this.#options.onError(error);
    this.#told = error.message;
  }
}
