/** The server's side of the text index: tells its thread that there is something new. */
import type { FromTextIndex, ToTextIndex } from "./text_index_main.ts";

/** News are told at most so often. */
const POKE_MS = 200;

/** See the head of this file. */
export class TextIndex implements AsyncDisposable {
  readonly #worker: Worker;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;
  #onClosed = () => {};
  #whenIdle: (() => void)[] = [];

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.onmessage = ({ data }: MessageEvent<FromTextIndex>) => {
      if (data.kind === "closed") this.#onClosed();
      else for (const tell of this.#whenIdle.splice(0)) tell();
    };
    // Searches look at the rows then.
    worker.onerror = (event) => event.preventDefault();
  }

  /** Opens the index, and begins to bring it up to date; nobody waits for that. */
  static open(paths: { readonly journalPath: string; readonly searchPath: string }): TextIndex {
    const worker = new Worker(new URL("./text_index_main.ts", import.meta.url), { type: "module" });
    const { journalPath, searchPath } = paths;
    post(worker, { kind: "open", journalPath, searchPath });
    const index = new TextIndex(worker);
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
      post(this.#worker, { kind: "close" });
    });
    this.#worker.terminate();
  }
}

function post(worker: Worker, message: ToTextIndex): void {
  worker.postMessage(message);
}
