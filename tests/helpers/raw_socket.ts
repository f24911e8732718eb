/** A connection that sends just what it is told to, whatever that is. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { until } from "./until.ts";

/** See the head of this file. */
export class RawSocket implements Disposable {
  readonly #socket: Socket;
  #received = "";
  #isOver = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding("latin1");
    socket.on("data", (text) => this.#received += text);
    socket.on("error", () => {}); // it is over: that is all that tests ask
    for (const event of ["end", "close"]) socket.on(event, () => this.#isOver = true);
  }

  /** Resolves when it is connected, or refused. */
  static async open(port: number): Promise<RawSocket> {
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    const raw = new RawSocket(socket);
    await Promise.race([once(socket, "connect"), once(socket, "close")]).catch(() => {});
    return raw;
  }

  /** What came so far. */
  get received(): string {
    return this.#received;
  }

  /** Whether the other side has ended it. */
  get isOver(): boolean {
    return this.#isOver;
  }

  send(text: string): void {
    if (!this.#isOver) this.#socket.write(text, "latin1");
  }

  /** Sends no more, but still reads. */
  end(): void {
    this.#socket.end();
  }

  /** Ends it as a program does that crashed. */
  reset(): void {
    this.#socket.resetAndDestroy();
  }

  /** Reads nothing any more. */
  pause(): void {
    this.#socket.pause();
  }

  /** Asks for a path, and gives the answer's status. Only for small answers. */
  async ask(path: string, method = "GET"): Promise<number> {
    this.#received = "";
    this.send(`${method} ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    await until(`${path} is answered`, () => this.#isOver || /\r\n\r\n/.test(this.#received));
    return this.status;
  }

  /** Of the answer that came; NaN if none did. */
  get status(): number {
    return Number(/^HTTP\/1\.1 (\d+)/.exec(this.#received)?.[1] ?? NaN);
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }
}

/** Opens many at once. */
export function openMany(count: number, port: number): Promise<RawSocket[]> {
  return Promise.all(Array.from({ length: count }, () => RawSocket.open(port)));
}
