/** A collector of OpenTelemetry's traces: keeps each span that is exported to it over HTTP as JSON. */
import { until } from "./until.ts";

/** A span as it came. */
export interface CollectedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly kind: number;
  /** A text: such numbers have too many digits. */
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes?: readonly { readonly key: string; readonly value: object }[];
  readonly status?: { readonly code?: number; readonly message?: string };
}

/** What is posted, as far as it is looked at. */
interface Export {
  readonly resourceSpans?: readonly {
    readonly scopeSpans: readonly { readonly spans: readonly CollectedSpan[] }[];
  }[];
}

/** See the head of this file. */
export class OtlpCollector implements AsyncDisposable {
  readonly spans: CollectedSpan[] = [];
  /** All that came, as it came. */
  readonly bodies: string[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor() {
    const listen = { port: 0, hostname: "127.0.0.1", onListen() {} };
    this.#server = Deno.serve(listen, async (request) => {
      const text = await request.text();
      this.bodies.push(text);
      const { resourceSpans = [] }: Export = JSON.parse(text);
      this.spans.push(
        ...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans)
          .flatMap(({ spans }) => spans),
      );
      return Response.json({});
    });
  }

  /** Variables with which a server exports to it, soon after each span has ended. */
  get env(): Readonly<Record<string, string>> {
    return {
      OTEL_DENO: "true",
      OTEL_DENO_METRICS: "false",
      OTEL_DENO_CONSOLE: "ignore",
      OTEL_SERVICE_NAME: "lido",
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${this.#server.addr.port}`,
      OTEL_BSP_SCHEDULE_DELAY: "50",
      OTEL_TRACES_SAMPLER: "parentbased_always_on",
    };
  }

  /** Waits for a span of a trace; gives the first. */
  async span(traceId: string, name: string): Promise<CollectedSpan> {
    const find = () => this.spans.find((one) => one.traceId === traceId && one.name === name);
    await until(`a span ${name} came`, () => find() !== undefined);
    return find() as CollectedSpan; // it was there
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

/** The attributes of a span by their names. */
export function attributesOf(
  { attributes = [] }: CollectedSpan,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
