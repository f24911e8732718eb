/**
 * Looks after a journal while the server runs: checks it and copies it, each in a thread of its own,
 * so that nothing else waits for that.
 */
import { rmSync } from "node:fs";
import { LidoError } from "../../../model/errors.ts";
import type { SelfTestFinding } from "../../../model/system.ts";
import type { Errand, ErrandOutcome } from "./errand_main.ts";
import { hear } from "./hosted_thread.ts";

/** A copy that is being read. It is in no folder any more, and gone when it is read or let go. */
export interface JournalCopy {
  readonly bytes: number;
  readonly content: ReadableStream<Uint8Array>;
}

/** See the head of this file. */
export class Upkeep implements Disposable {
  readonly #journalPath: string;
  readonly #copyPath: string;
  readonly #ending = new AbortController();
  #isCopying = false;
  #lastCheck: Promise<unknown> = Promise.resolve();
  #nextCheck: Promise<readonly SelfTestFinding[]> | undefined;

  constructor(paths: { readonly journalPath: string; readonly copyPath: string }) {
    this.#journalPath = paths.journalPath;
    this.#copyPath = paths.copyPath;
  }

  /**
   * Looks at the journal as it is from now on. Whoever asks while one look is under way shares the
   * next with the others, so that many who ask are no burden.
   */
  check(): Promise<readonly SelfTestFinding[]> {
    if (this.#nextCheck === undefined) {
      this.#nextCheck = this.#lastCheck.then(() => this.#check());
      this.#lastCheck = this.#nextCheck.catch(() => {});
    }
    return this.#nextCheck;
  }

  /**
   * Copies what is in the journal now. The next copy can be made when this one was read or let go.
   * @throws {LidoError} `backup_running`, `journal_unavailable`; the signal's reason.
   */
  async copy(signal?: AbortSignal): Promise<JournalCopy> {
    if (this.#isCopying) {
      throw new LidoError("backup_running", "Cannot back up: another backup is under way");
    }
    this.#isCopying = true;
    try {
      rmSync(this.#copyPath, { force: true });
      await this.#run({ path: this.#journalPath, target: this.#copyPath });
      signal?.throwIfAborted();
      return await this.#takeCopy();
    } catch (error) {
      rmSync(this.#copyPath, { force: true });
      this.#isCopying = false;
      throw error;
    }
  }

  /** Waits for nothing: whoever waits for a look or a copy is told that the server ends. */
  [Symbol.dispose](): void {
    this.#ending.abort();
  }

  async #check(): Promise<readonly SelfTestFinding[]> {
    this.#nextCheck = undefined;
    const outcome = await this.#run({ path: this.#journalPath, target: null });
    return outcome.kind === "looked" ? outcome.findings : [];
  }

  /** Opens the copy and takes its name away: it cannot outlive its reader, however that one ends. */
  async #takeCopy(): Promise<JournalCopy> {
    const file = await Deno.open(this.#copyPath);
    await Deno.remove(this.#copyPath);
    const { size } = await file.stat();
    const content = readToEnd(file.readable, () => this.#isCopying = false);
    return { bytes: size, content };
  }

  /** @throws {LidoError} `journal_unavailable`, `server_closing`. */
  async #run(errand: Errand): Promise<ErrandOutcome> {
    const { signal } = this.#ending;
    const worker = new Worker(new URL("./errand_main.ts", import.meta.url), { type: "module" });
    const { promise, resolve } = Promise.withResolvers<ErrandOutcome | undefined>();
    const end = () => resolve(undefined);
    hear<ErrandOutcome>(worker, resolve, (message) => resolve({ kind: "failed", message }));
    signal.addEventListener("abort", end);
    try {
      if (signal.aborted) end();
      worker.postMessage(errand);
      const outcome = await promise;
      if (outcome === undefined) {
        throw new LidoError("server_closing", "Cannot read the journal: Lido is shutting down");
      }
      if (outcome.kind !== "failed") return outcome;
      throw new LidoError("journal_unavailable", `Cannot read the journal: ${outcome.message}`);
    } finally {
      signal.removeEventListener("abort", end);
      worker.terminate();
    }
  }
}

/** Tells when the stream is at its end, failed, or was let go. */
function readToEnd(
  stream: ReadableStream<Uint8Array>,
  onEnd: () => void,
): ReadableStream<Uint8Array> {
  const reader = stream.getReader();
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (!done) return controller.enqueue(value);
        controller.close();
      } catch (error) {
        controller.error(error);
      }
      onEnd();
    },
    async cancel(reason) {
      try {
        await reader.cancel(reason);
      } finally {
        onEnd();
      }
    },
  });
}
