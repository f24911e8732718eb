/** A request as it came in. */
export interface Received {
  readonly method: string;
  /** With its parameters. */
  readonly path: string;
  readonly headers: Headers;
  readonly body: string;
}

/** A server that notes what it is sent. */
export interface HttpSink extends AsyncDisposable {
  /** Without `/` at its end. */
  readonly origin: string;
  readonly port: number;
  readonly received: readonly Received[];
}

/** Opens a sink on a free port of loopback; `answer` decides what each request is told. */
export function openHttpSink(
  answer: (index: number) => Response | Promise<Response> = () => new Response("ok"),
  certificate?: Deno.TlsCertifiedKeyPem,
): HttpSink {
  const received: Received[] = [];
  const closing = new AbortController();
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    signal: closing.signal,
    onListen: () => {},
    ...certificate,
  }, async (request) => {
    const { pathname, search } = new URL(request.url);
    const { method, headers } = request;
    received.push({ method, path: pathname + search, headers, body: await request.text() });
    return await answer(received.length - 1);
  });
  const { port } = server.addr;
  return {
    origin: `${certificate === undefined ? "http" : "https"}://127.0.0.1:${port}`,
    port,
    received,
    async [Symbol.asyncDispose]() {
      closing.abort(); // also what it has not answered
      await server.finished;
    },
  };
}
