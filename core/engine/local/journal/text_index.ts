/** The server's side of the text index: tells its thread that there is something new. */
import { LidoError } from "../../../model/errors.ts";
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
  readonly #worker: Worker;
  readonly #onError: (error: LidoError) => void;
  /** What was told last; empty when it was up to date since. */
  #told = "";
  #hasEnded = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;
  #onClosed = () => {};
  #whenIdle: (() => void)[] = [];

  private constructor(worker: Worker, onError: (error: LidoError) => void) {
    this.#worker = worker;
    this.#onError = onError;
    worker.onmessage = ({ data }: MessageEvent<FromTextIndex>) => this.#heard(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#hasEnded = true;
      this.#onClosed();
      this.#failed(
        new LidoError("journal_unavailable", `The text index ended: ${event.message}`),
      );
    };
  }

  /** Opens the index, and begins to bring it up to date; nobody waits for that. */
  static open(options: TextIndexOptions): TextIndex {
    const worker = new Worker(new URL("./text_index_main.ts", import.meta.url), { type: "module" });
    const { journalPath, searchPath } = options;
    post(worker, { kind: "open", journalPath, searchPath });
    const index = new TextIndex(worker, options.onError);
    index.poke();
    return index;
  }

  /** Something was written to the journal. */
  poke(): void {
    if (this.#isClosed) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      post(this.#worker, { kind: "poke" });
    }, POKE_MS);
  }

  /** A search found the index damaged: another is made in its place. */
  renew(reason: string): void {
    if (!this.#isClosed) post(this.#worker, { kind: "renew", reason });
  }

  /** Resolves when it next has nothing to do. */
  whenIdle(): Promise<void> {
    this.poke();
    return new Promise((resolve) => this.#whenIdle.push(resolve));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await new Promise<void>((resolve) => {
      this.#onClosed = resolve;
      if (this.#hasEnded) return resolve(); // it answers nothing
      post(this.#worker, { kind: "close" });
    });
    this.#worker.terminate();
  }

  #heard(message: FromTextIndex): void {
    switch (message.kind) {
      case "closed":
        return this.#onClosed();
      case "failed":
        return this.#failed(new LidoError(message.code, message.message));
      case "idle":
        this.#told = "";
        for (const tell of this.#whenIdle.splice(0)) tell();
    }
  }

  #failed(error: LidoError): void {
    if (error.message !== this.#told) this.#onError(error);
    this.#told = error.message;
  }
}

function post(worker: Worker, message: ToTextIndex): void {
  worker.postMessage(message);
}
