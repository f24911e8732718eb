/** The server's side of one reading thread. */
import { LidoError } from "../../../model/errors.ts";
import { TransientMap } from "../../../model/transient_map.ts";
import type { ReadStore } from "./read_store.ts";
import type { FromReader, ReadMethod, ToReader } from "./reader_main.ts";

interface Waiting {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** What a reader is opened with. */
export interface ReaderOptions {
  readonly journalPath: string;
  readonly searchPath: string;
  /** Told of each error that a read gives. */
  onError?(error: Error): void;
  /** Told that a search found the text index damaged, and did without it. */
  onIndexDamage?(reason: string): void;
}

/** See the head of this file. */
export class ReaderThread implements AsyncDisposable {
  readonly #worker: Worker;
  readonly #options: ReaderOptions;
  readonly #waiting = new TransientMap<number, Waiting>();
  #next = 0;
  #onClosed = () => {};
  /** Once it is closed: what is said to whoever reads. */
  #closed: LidoError | undefined;

  private constructor(worker: Worker, options: ReaderOptions) {
    this.#worker = worker;
    this.#options = options;
    worker.onmessage = ({ data }: MessageEvent<FromReader>) => this.#heard(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(new Error(`Cannot read journal: its reader ended: ${event.message}`));
    };
  }

  /** Opens a connection of its own. @throws {LidoError} `journal_corrupt`, `journal_unavailable`. */
  static async open(options: ReaderOptions): Promise<ReaderThread> {
    const { journalPath, searchPath } = options;
    const worker = new Worker(new URL("./reader_main.ts", import.meta.url), { type: "module" });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    worker.onmessage = ({ data }: MessageEvent<FromReader>) => {
      if (data.kind === "refused") reject(new LidoError(data.code, data.message));
      else resolve();
    };
    worker.onerror = (event) => {
      event.preventDefault();
      const reason = `Cannot read journal: its reader ended: ${event.message}`;
      reject(new LidoError("journal_unavailable", reason));
    };
    post(worker, { kind: "open", journalPath, searchPath });
    try {
      await promise;
      return new ReaderThread(worker, options);
    } catch (error) {
      worker.terminate();
      throw error;
    }
  }

  /** Calls a method of the thread's `ReadStore`. */
  read<Method extends ReadMethod>(
    method: Method,
    ...args: Parameters<ReadStore[Method]>
  ): Promise<ReturnType<ReadStore[Method]>> {
    if (this.#closed !== undefined) return Promise.reject(this.#closed);
    const number = this.#next++;
    return new Promise((resolve, reject) => {
      // The thread answers what the method gives.
      this.#waiting.set(number, { resolve: resolve as (value: unknown) => void, reject });
      post(this.#worker, { kind: "read", number, method, args });
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#onClosed = resolve;
      post(this.#worker, { kind: "close" });
    });
    this.#worker.terminate();
    this.#fail(this.#closed = new LidoError("server_closing", "Cannot read journal: it is closed"));
  }

  #heard(message: FromReader): void {
    if (message.kind === "closed") return this.#onClosed();
    if (message.kind === "index_damaged") return this.#options.onIndexDamage?.(message.message);
    if (message.kind === "opened" || message.kind === "refused") return;
    const waiting = this.#waiting.take(message.number);
    if (message.kind === "answer") {
      const { text } = message;
      waiting?.resolve(text === undefined ? undefined : JSON.parse(text));
    } else {
      const { code, message: text } = message;
      const error = code === null ? new Error(text) : new LidoError(code, text);
      this.#options.onError?.(error);
      waiting?.reject(error);
    }
  }

  #fail(error: Error): void {
    for (const number of [...this.#waiting.keys()]) this.#waiting.take(number)?.reject(error);
  }
}

function post(worker: Worker, message: ToReader): void {
  worker.postMessage(message);
}
