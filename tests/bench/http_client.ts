/**
 * The client of `bench:http`, a process of its own: connections that are kept, each with one request
 * at a time. What it takes of the machine is missing to the server, and while it does something else
 * no answer is seen: so it uses sockets alone, and reads no more of an answer than it must. It takes a
 * {@link LoadRequest} from its standard input, and writes a {@link Load}, both as JSON.
 */
import process from "node:process";
import { text } from "node:stream/consumers";

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

/** An answer must fit. */
const ANSWER_BYTES_MAX = 1024 * 1024;
/** And its head in so many. */
const HEAD_BYTES_MAX = 2_048;
const HEAD_END = "\r\n\r\n";
/** The last chunk of an answer that comes in chunks. */
const CHUNKS_END = "0\r\n\r\n";

const LATIN1 = new TextDecoder("latin1");

class Connection implements Disposable {
  readonly #socket: Deno.TcpConn;
  readonly #bytes = new Uint8Array(ANSWER_BYTES_MAX);

  private constructor(socket: Deno.TcpConn) {
    this.#socket = socket;
  }

  static async open(port: number): Promise<Connection> {
    const socket = await Deno.connect({ port, hostname: "127.0.0.1" });
    socket.setNoDelay(true);
    return new Connection(socket);
  }

  /** Sends a request; gives its answer's status. */
  async ask(request: Uint8Array): Promise<string> {
    for (let sent = 0; sent < request.length;) {
      sent += await this.#socket.write(request.subarray(sent));
    }
    let head = "";
    for (let held = 0;;) {
      const count = await this.#socket.read(this.#bytes.subarray(held));
      if (count === null) throw new TypeError("Cannot read answer: the connection was closed");
      held += count;
      head ||= this.#head(held);
      if (head !== "" && this.#isWhole(head, held)) return head.slice(9, 12);
    }
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }

  /** With its last line, which is empty; an empty text while it is not all there. */
  #head(held: number): string {
    const start = this.#latin1(0, Math.min(held, HEAD_BYTES_MAX));
    const end = start.indexOf(HEAD_END);
    return end < 0 ? "" : start.slice(0, end + HEAD_END.length);
  }

  #isWhole(head: string, held: number): boolean {
    const length = /content-length: (\d+)/i.exec(head)?.[1];
    if (length !== undefined) return held >= head.length + Number(length);
    return this.#latin1(held - CHUNKS_END.length, held) === CHUNKS_END;
  }

  #latin1(from: number, to: number): string {
    return LATIN1.decode(this.#bytes.subarray(from, to));
  }
}

async function send(load: LoadRequest): Promise<Load> {
  const requests = load.requests.map((request) => new TextEncoder().encode(request));
  const times: number[][] = requests.map(() => []);
  const statuses: Record<string, number> = {};
  const beganMs = performance.now();
  let sent = 0;
  await Promise.all(Array.from({ length: load.connections }, async () => {
    using connection = await Connection.open(load.port);
    while (sent < load.count) {
      const at = sent++;
      if (load.perSecond !== null) await until(beganMs + at * 1_000 / load.perSecond);
      const which = at % requests.length;
      const sentMs = performance.now();
      const status = await connection.ask(requests[which] ?? new Uint8Array());
      times[which]?.push(performance.now() - sentMs);
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  }));
  const seconds = (performance.now() - beganMs) / 1_000;
  for (const one of times) one.sort((some, other) => some - other);
  return { seconds, times, statuses };
}

async function until(atMs: number): Promise<void> {
  const leftMs = atMs - performance.now();
  if (leftMs > 0) await new Promise((resolve) => setTimeout(resolve, leftMs));
}

if (import.meta.main) {
  const load: LoadRequest = JSON.parse(await text(process.stdin));
  process.stdout.write(JSON.stringify(await send(load)));
}
