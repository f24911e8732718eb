/** The server's side of one reading thread; when that dies, another takes its place. */
import { LidoError } from "../../../model/errors.ts";
import { TransientMap } from "../../../model/transient_map.ts";
import { hear, whenOpened } from "./hosted_thread.ts";
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
  /** Undefined once it died: whoever reads next starts another. */
  #worker: Worker | undefined;
  readonly #options: ReaderOptions;
  readonly #waiting = new TransientMap<number, Waiting>();
  #next = 0;
  #onClosed = () => {};
  /** Once it is closed: what is said to whoever reads. */
  #closed: LidoError | undefined;

  private constructor(worker: Worker, options: ReaderOptions) {
    this.#options = options;
    this.#worker = this.#listen(worker);
  }

  /** Opens a connection of its own. @throws {LidoError} `journal_corrupt`, `journal_unavailable`. */
  static async open(options: ReaderOptions): Promise<ReaderThread> {
    const worker = start(options);
    await whenOpened(worker, died);
    return new ReaderThread(worker, options);
  }

  /** Calls a method of the thread's `ReadStore`. */
  read<Method extends ReadMethod>(
    method: Method,
    ...args: Parameters<ReadStore[Method]>
  ): Promise<ReturnType<ReadStore[Method]>> {
    if (this.#closed !== undefined) return Promise.reject(this.#closed);
    const number = this.#next++;
    const worker = this.#worker ??= this.#listen(start(this.#options));
    return new Promise((resolve, reject) => {
      // The thread answers what the method gives.
      this.#waiting.set(number, { resolve: resolve as (value: unknown) => void, reject });
      post(worker, { kind: "read", number, method, args });
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#onClosed = resolve;
      if (this.#worker === undefined) return resolve(); // nobody answers
      post(this.#worker, { kind: "close" });
    });
    this.#worker?.terminate();
    this.#fail(this.#closed = new LidoError("server_closing", "Cannot read journal: it is closed"));
  }

  #listen(worker: Worker): Worker {
    return hear<FromReader>(
      worker,
      (message) => this.#heard(message),
      (reason) => this.#ended(died(reason)),
    );
  }

  #heard(message: FromReader): void {
    if (message.kind === "closed") return this.#onClosed();
    if (message.kind === "index_damaged") return this.#options.onIndexDamage?.(message.message);
    if (message.kind === "opened") return;
    if (message.kind === "refused") {
      return this.#ended(new LidoError(message.code, message.message));
    }
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

  /** It reads no more: whoever waits is told why. */
  #ended(error: LidoError): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#options.onError?.(error);
    this.#fail(error);
    this.#onClosed();
  }

  #fail(error: Error): void {
    for (const number of [...this.#waiting.keys()]) this.#waiting.take(number)?.reject(error);
  }
}

function start({ journalPath, searchPath }: ReaderOptions): Worker {
  const worker = new Worker(new URL("./reader_main.ts", import.meta.url), { type: "module" });
  post(worker, { kind: "open", journalPath, searchPath });
  return worker;
}

function died(reason: string): LidoError {
  return new LidoError("journal_unavailable", `Cannot read journal: its reader ended: ${reason}`);
}

function post(worker: Worker, message: ToReader): void {
  worker.postMessage(message);
}
