/**
 * The client of `bench:http`, in a thread of its own: connections that are kept, each with one request
 * at a time. It reads no more of an answer than it must, so that the server is what is measured.
 */
/// <reference lib="deno.worker" />
import { Buffer } from "node:buffer";
import { connect } from "node:net";

/** What is to be sent, and how. */
export interface LoadRequest {
  readonly port: number;
  readonly connections: number;
  /** Whole requests, sent one after the other, again and again. */
  readonly requests: readonly string[];
  readonly count: number;
  /** Requests a second over all connections; null: as fast as they are answered. */
  readonly perSecond: number | null;
}

/** What came of it. */
export interface Load {
  readonly seconds: number;
  /** Of each of the requests: milliseconds from its last byte to its answer's, shortest first. */
  readonly times: readonly (readonly number[])[];
  /** Answers by their status. */
  readonly statuses: Readonly<Record<string, number>>;
}

self.onmessage = async ({ data }: MessageEvent<LoadRequest>) => {
  const load: LoadRequest = data;
  const times: number[][] = load.requests.map(() => []);
  const statuses: Record<string, number> = {};
  const beganMs = performance.now();
  let sent = 0;
  await Promise.all(Array.from({ length: load.connections }, async () => {
    const connection = await Connection.open(load.port);
    while (sent < load.count) {
      const at = sent++;
      if (load.perSecond !== null) await until(beganMs + at * 1_000 / load.perSecond);
      const which = at % load.requests.length;
      const request = load.requests[which] ?? "";
      const sentMs = performance.now();
      const status = await connection.ask(request);
      times[which]?.push(performance.now() - sentMs);
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
    connection.close();
  }));
  const seconds = (performance.now() - beganMs) / 1_000;
  for (const one of times) one.sort((some, other) => some - other);
  const result: Load = { seconds, times, statuses };
  self.postMessage(result);
};

async function until(atMs: number): Promise<void> {
  const leftMs = atMs - performance.now();
  if (leftMs > 0) await new Promise((resolve) => setTimeout(resolve, leftMs));
}

class Connection {
  readonly #socket: ReturnType<typeof connect>;
  #held: Buffer = Buffer.alloc(0);
  #answered = Promise.withResolvers<string>();

  private constructor(socket: ReturnType<typeof connect>) {
    this.#socket = socket;
    socket.on("data", (part: Buffer) => this.#take(part));
    socket.on("error", (error: Error) => this.#answered.reject(error));
  }

  static async open(port: number): Promise<Connection> {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    await new Promise((resolve) => socket.once("connect", resolve));
    return new Connection(socket);
  }

  /** Sends a request; gives its answer's status. */
  ask(request: string): Promise<string> {
    this.#answered = Promise.withResolvers();
    this.#socket.write(request);
    return this.#answered.promise;
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(part: Buffer): void {
    this.#held = this.#held.length === 0 ? part : Buffer.concat([this.#held, part]);
    const head = this.#held.indexOf("\r\n\r\n");
    if (head < 0) return;
    const text = this.#held.subarray(0, head).toString("latin1");
    const length = /content-length: (\d+)/i.exec(text)?.[1];
    const isWhole = length !== undefined
      ? this.#held.length >= head + 4 + Number(length)
      : this.#held.subarray(-5).toString("latin1") === "0\r\n\r\n"; // in chunks
    if (!isWhole) return;
    this.#held = Buffer.alloc(0);
    this.#answered.resolve(text.slice(9, 12));
  }
}
