/**
 * Listens, and holds clients to limits: how many connections there are, and how long each may take
 * for what. (`Deno.serve` has no such limits, and ends when there is no free descriptor.)
 */
import { setTimeout as sleep } from "node:timers/promises";
import { TransientMap } from "../core/mod.ts";
import { type ConnectionLimits, Connections } from "./serving/connections.ts";
import { serveConnection } from "./serving/http_connection.ts";

/** How long requests have to end after they were told that the server does. */
const CUT_MS = 1_000;
/** Between two looks for connections that take too long. */
const SWEEP_MS = 1_000;

/** What `accept()` fails with when its client has left before. */
const GONE = [
  Deno.errors.NotConnected,
  Deno.errors.ConnectionReset,
  Deno.errors.ConnectionAborted,
];

/** What holds where nothing else is said. */
const LIMITS: ConnectionLimits = {
  connections: 4_096,
  headMs: 8_000,
  idleMs: 600_000,
};

/** Whatever answers requests: a Hono app. */
export interface Answering {
  fetch(request: Request): Response | Promise<Response>;
}

/** What {@link serve} needs of what `Deno.listen` returns. */
export type Listener = Pick<Deno.Listener, "addr" | "accept" | "close">;

/** Where and what to serve. */
export interface ServeOptions {
  readonly app: Answering;
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** Told when no connection can be accepted, and of what escaped the app. */
  readonly onError: (error: unknown) => void;
  /** Those of {@link LIMITS} by default. */
  readonly limits?: Partial<ConnectionLimits>;
  /** Milliseconds between two tries to accept a connection. */
  readonly retryMs?: number;
  /** Listens; a test may stand in for it. */
  readonly listen?: (options: { hostname: string; port: number }) => Listener;
}

/** A server that listens. */
export interface Server {
  readonly url: string;
  readonly port: number;
  /** Takes no new connection and waits for open requests, at most so long. May come twice. */
  shutdown(options?: { readonly graceMs?: number }): Promise<void>;
}

/**
 * Begins to listen, and goes on until it is shut down.
 * @throws {Deno.errors.AddrInUse} and the like.
 */
export function serve(options: ServeOptions): Server {
  const { host, port: wanted, listen = Deno.listen } = options;
  const listener = listen({ hostname: host, port: wanted });
  const { port } = listener.addr as Deno.NetAddr; // TCP is all that is asked for
  const serving = new Serving(listener, options);
  return {
    url: `http://${urlHost(host)}:${port}/`,
    port,
    shutdown: ({ graceMs = 5_000 } = {}) => serving.shutdown(graceMs),
  };
}

class Serving {
  readonly #listener: Listener;
  readonly #retryMs: number;
  readonly #onError: (error: unknown) => void;
  readonly #answer: (request: Request) => Promise<Response>;
  readonly #connections: Connections;
  readonly #sweeping: ReturnType<typeof setInterval>;
  readonly #closing = new AbortController();
  readonly #cutting = new AbortController();
  /** What has to end before the server has: each connection, and the accepting of them. */
  readonly #open = new Set<Promise<void>>();

  constructor(listener: Listener, { app, onError, limits, retryMs = 50 }: ServeOptions) {
    this.#listener = listener;
    this.#retryMs = retryMs;
    this.#onError = onError;
    this.#answer = answerUntilCut(app, this.#cutting.signal);
    this.#connections = new Connections({ ...LIMITS, ...limits });
    this.#sweeping = setInterval(() => this.#connections.sweep(), SWEEP_MS);
    this.#hold(this.#keepAccepting());
  }

  async shutdown(graceMs: number): Promise<void> {
    if (!this.#closing.signal.aborted) {
      this.#closing.abort();
      clearInterval(this.#sweeping);
      this.#listener.close();
      this.#connections.close();
    }
    const closed = Promise.all(this.#open);
    if (await settlesWithin(closed, graceMs)) return;
    this.#cutting.abort();
    await settlesWithin(closed, CUT_MS);
  }

  async #keepAccepting(): Promise<void> {
    const { signal } = this.#closing;
    let isFailing = false;
    while (!signal.aborted) {
      try {
        this.#take(await this.#listener.accept());
        isFailing = false;
      } catch (error) {
        if (signal.aborted) return;
        if (GONE.some((kind) => error instanceof kind)) continue;
        // There may be no free descriptor.
        this.#connections.giveWay();
        if (!isFailing) this.#onError(error);
        isFailing = true;
        await sleep(this.#retryMs, undefined, { signal }).catch(() => {});
      }
    }
  }

  #take(accepted: Deno.Conn): void {
    const connections = this.#connections;
    if (!connections.makeRoom()) {
      accepted.close();
      return;
    }
    // As Deno.serve does: no part of an answer waits until the client has heard of the one before.
    if ("setNoDelay" in accepted) (accepted as Deno.TcpConn).setNoDelay();
    const handle = async (request: Request): Promise<Response> => {
      connections.ask(place);
      let response: Response | undefined;
      try {
        response = await this.#answer(request);
        return response;
      } finally {
        connections.answer(place, response !== undefined && isStream(request, response));
      }
    };
    const connection = serveConnection(accepted, handle, (error) => {
      this.#onError(error);
      return new Response("Internal server error", { status: 500 });
    });
    const place = connections.add(connection);
    this.#hold(connection.finished.then(() => connections.remove(place)));
  }

  #hold(promise: Promise<void>): void {
    const held = promise.then(() => void this.#open.delete(held));
    this.#open.add(held);
  }
}

/** Whether it comes bit by bit, and takes as long as it takes: events, results of a batch, an export. */
function isStream(request: Request, { headers }: Response): boolean {
  const type = headers.get("content-type") ?? "";
  const isStreamType = /^(text\/(event-stream|csv)|application\/x-ndjson)/.test(type);
  return isStreamType && request.method !== "HEAD"; // the head alone is there at once
}

async function settlesWithin(promise: Promise<unknown>, limitMs: number): Promise<boolean> {
  const timeout = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => timeout.resolve(false), limitMs);
  try {
    return await Promise.race([promise.then(() => true), timeout.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Answers, or says that the server ends, whichever is first. */
function answerUntilCut(app: Answering, cut: AbortSignal): (request: Request) => Promise<Response> {
  const open = new TransientMap<number, (response: Response) => void>();
  let last = 0;
  cut.addEventListener("abort", () => {
    for (const end of open.values()) end(new Response("Server is closing", { status: 503 }));
  });
  return async (request) => {
    const number = ++last;
    const { promise, resolve, reject } = Promise.withResolvers<Response>();
    open.set(number, resolve);
    Promise.try(() => app.fetch(request)).then(resolve, reject);
    try {
      return await promise;
    } finally {
      open.take(number);
    }
  };
}

function urlHost(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
