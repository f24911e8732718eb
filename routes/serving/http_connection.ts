/**
 * HTTP on one connection. The runtime has it, as that of which `Deno.serve` is made, but gives it no
 * public name: see docs/decisions/0006-connections-of-our-own.md. This is the only file that knows.
 */

/** Answers one request. */
export type RequestHandler = (request: Request) => Promise<Response>;

/** A connection that is served. */
export interface HttpConnection {
  /** Resolves when it is over. */
  readonly finished: Promise<void>;
  /** Answers what is asked already, and then ends. */
  close(): void;
  /** Ends it at once. After `close()` it cannot do so any more. */
  cut(): void;
}

type ServeHttpOnConnection = (
  connection: Deno.Conn,
  signal: Pick<AbortSignal, "addEventListener">,
  handler: RequestHandler,
  onError: (error: unknown) => Response,
  onListen: () => void,
) => { readonly finished: Promise<void>; shutdown(): Promise<void> };

type Internals = Readonly<
  Record<symbol, { readonly serveHttpOnConnection: ServeHttpOnConnection }>
>;

// A symbol that has no type names the internals.
const runtime = Deno as unknown as Internals & { readonly internal: symbol };

/** Serves a connection, until one side ends it. Errors of the client are nobody's. */
export function serveConnection(
  connection: Deno.Conn,
  handler: RequestHandler,
  onError: (error: unknown) => Response,
): HttpConnection {
  let end = () => {};
  // An AbortSignal would call this where nobody can catch that the connection is just over.
  const signal = {
    addEventListener: (_type: string, listener: unknown) => {
      if (typeof listener === "function") end = () => listener();
    },
  };
  const serve = runtime[runtime.internal]?.serveHttpOnConnection;
  if (serve === undefined) throw new TypeError("Cannot serve: this is not Deno 2.9.6");
  const served = serve(connection, signal, handler, onError, () => {});
  return {
    finished: served.finished.catch(() => {}),
    close: () => void served.shutdown().catch(() => {}),
    cut() {
      try {
        end();
      } catch (error) {
        if (!(error instanceof Deno.errors.BadResource)) throw error;
      }
    },
  };
}
