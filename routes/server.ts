/** Listens. `Deno.serve` ends when the process runs out of descriptors; then it begins again. */
import { setTimeout as sleep } from "node:timers/promises";

/** How long requests have to end after they were told that the server does. */
const CUT_MS = 1_000;

/** Whatever answers requests: a Hono app. */
export interface Answering {
  fetch(request: Request): Response | Promise<Response>;
}

/** What {@link serve} needs of what `Deno.serve` returns. */
export interface Listener {
  readonly addr: Deno.Addr;
  readonly finished: Promise<void>;
  shutdown(): Promise<void>;
}

/** Where and what to serve. */
export interface ServeOptions {
  readonly app: Answering;
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** Told of what ended the listening, and of what escaped the app. */
  readonly onError: (error: unknown) => void;
  /** Ends the server when it aborts. */
  readonly signal?: AbortSignal;
  /** Milliseconds between two tries to listen again. */
  readonly retryMs?: number;
  /** Listens; a test may stand in for it. */
  readonly listen?: (options: ServeOptions, port: number, cut: AbortSignal) => Listener;
}

/** A server that listens. */
export interface Server {
  readonly url: string;
  readonly port: number;
  /** Resolves when it listens no more, since it was shut down. */
  readonly finished: Promise<void>;
  /** Takes no new connection and waits for open requests, at most so long. May come twice. */
  shutdown(options?: { readonly graceMs?: number }): Promise<void>;
}

/**
 * Begins to listen, and goes on until it is shut down.
 * @throws {Deno.errors.AddrInUse} and the like, when the first try fails.
 */
export function serve(options: ServeOptions): Server {
  const listen = options.listen ?? listenWithDeno;
  const closing = new AbortController();
  const cutting = new AbortController();
  let listener = listen(options, options.port, cutting.signal);
  const port = (listener.addr as Deno.NetAddr).port; // TCP is all that is asked for

  async function keepListening(): Promise<void> {
    while (!closing.signal.aborted) {
      const failure = await listener.finished.then(
        () => undefined,
        (error: unknown) => ({ error }),
      );
      if (failure === undefined) return;
      options.onError(failure.error);
      await listenAgain();
    }
  }

  async function listenAgain(): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        listener = listen(options, port, cutting.signal);
        return;
      } catch (error) {
        options.onError(error);
        await sleep(options.retryMs ?? 200, undefined, { signal: closing.signal }).catch(() => {});
      }
    }
  }

  const finished = keepListening();
  async function shutdown({ graceMs = 5_000 } = {}): Promise<void> {
    closing.abort();
    const closed = Promise.all([listener.shutdown().catch(options.onError), finished]);
    if (await settlesWithin(closed, graceMs)) return;
    cutting.abort();
    await settlesWithin(closed, CUT_MS);
  }
  onAbort(options.signal, () => void shutdown());
  return { url: `http://${urlHost(options.host)}:${port}/`, port, finished, shutdown };
}

function onAbort(signal: AbortSignal | undefined, act: () => void): void {
  if (signal?.aborted) act();
  else signal?.addEventListener("abort", act, { once: true });
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

function listenWithDeno(options: ServeOptions, port: number, cut: AbortSignal): Listener {
  return Deno.serve({
    hostname: options.host,
    port,
    automaticCompression: true,
    onListen: () => {}, // the caller says where it listens, when it is ready
    onError: (error) => {
      options.onError(error);
      return new Response("Internal server error", { status: 500 });
    },
  }, answerUntilCut(options.app, cut));
}

/**
 * Answers, or says that the server ends, whichever is first. (Deno.serve's own `signal` cannot be
 * used for this: aborting it after `shutdown()` throws where nothing can catch it.)
 */
function answerUntilCut(app: Answering, cut: AbortSignal): (request: Request) => Promise<Response> {
  const open = new Set<(response: Response) => void>();
  onAbort(cut, () => {
    for (const end of open) end(new Response("Server is closing", { status: 503 }));
  });
  return async (request) => {
    const { promise: ended, resolve: end } = Promise.withResolvers<Response>();
    open.add(end);
    try {
      return await Promise.race([app.fetch(request), ended]);
    } finally {
      open.delete(end);
    }
  };
}

function urlHost(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
