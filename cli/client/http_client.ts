/** Requests and envelopes of the JSON API; what each path means is `client.ts`' matter. */
import { ApiError, NotLidoError, UnreachedError, type WireFault } from "./errors.ts";
import type { Answer, WireBrokenFile, WirePagination } from "./wire.ts";

/** Where a server is looked for if nothing is said. */
export const DEFAULT_URL = "http://127.0.0.1:8000";

/** Which server, and how to get there. */
export interface HttpClientOptions {
  readonly url: string;
  /** Sent as a bearer token. */
  readonly token?: string | undefined;
  /** How long an answer may take until none is taken to come; for ever if left out. */
  readonly timeoutMs?: number | undefined;
  /** Stands in for `fetch`. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** Stands in for `JSON.parse`: numbers may have more digits than JavaScript's. */
  readonly parse?: (text: string) => unknown;
}

/** What is asked. */
export interface ApiRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
}

/** The parts that a program reads are checked, the rest is the API's contract. */
interface Envelope {
  readonly success: boolean;
  readonly data?: unknown;
  readonly message?: unknown;
  readonly pagination?: WirePagination;
  readonly broken?: readonly WireBrokenFile[];
  readonly error?: unknown;
  readonly code?: unknown;
  readonly details?: { readonly faults?: readonly WireFault[] };
}

/** Sends requests to one server and opens the envelopes of its answers. */
export class HttpClient {
  readonly #options: HttpClientOptions;
  readonly #parse: (text: string) => unknown;

  /** @throws {TypeError} if the URL is none of `http:` or `https:`. */
  constructor(options: HttpClientOptions) {
    if (!/^https?:$/.test(URL.parse(options.url)?.protocol ?? "")) {
      throw new TypeError(`Cannot use ${options.url} as Lido's URL: write http://HOST:PORT`);
    }
    this.#options = { ...options, url: options.url.replace(/\/+$/, "") };
    this.#parse = options.parse ?? JSON.parse;
  }

  /**
   * Sends a request. `T` is what `docs/api.md` promises for the path: it is not checked again here.
   * @throws {ApiError} if the server refuses.
   * @throws {NotLidoError} if something else answers.
   * @throws {UnreachedError} if nothing answers.
   */
  async send<T>(request: ApiRequest): Promise<Answer<T>> {
    const { status, text } = await this.#exchange(request);
    const envelope = this.#open(text, status);
    return {
      data: envelope.data as T, // the API's contract
      message: typeof envelope.message === "string" ? envelope.message : undefined,
      pagination: envelope.pagination,
      broken: envelope.broken ?? [],
    };
  }

  /**
   * Asks for JSON that has no envelope; the name of one of its fields tells that it is Lido's.
   * @throws {ApiError} if the server refuses.
   * @throws {NotLidoError} if something else answers.
   * @throws {UnreachedError} if nothing answers.
   */
  async readBare<T>(path: string, field: string): Promise<T> {
    const { status, text } = await this.#exchange({ method: "GET", path });
    const value = this.#parseObject(text);
    if (value !== undefined && Object.hasOwn(value, field)) return value as T; // the API's contract
    this.#open(text, status);
    throw new NotLidoError(this.#options.url, status);
  }

  /**
   * Asks for what is no JSON; its body is the caller's to read, or to cancel.
   * @throws {ApiError} if the server refuses.
   * @throws {NotLidoError} if something else answers.
   * @throws {UnreachedError} if nothing answers.
   */
  async download(
    path: string,
    type: string,
    query: ApiRequest["query"] = {},
  ): Promise<ReadableStream<Uint8Array>> {
    return await this.#fetch({ method: "GET", path, query }, async (response) => {
      const { status, body } = response;
      if (response.headers.get("content-type") === type && body !== null) return body;
      this.#open(await response.text(), status);
      throw new NotLidoError(this.#options.url, status);
    });
  }

  /** Opens an envelope. */
  #open(text: string, status: number): Envelope {
    const envelope = this.#parseEnvelope(text);
    if (envelope === undefined) throw new NotLidoError(this.#options.url, status);
    if (!envelope.success) throw refusal(envelope, status);
    return envelope;
  }

  #parseEnvelope(text: string): Envelope | undefined {
    const value = this.#parseObject(text);
    return value !== undefined && isEnvelope(value) ? value : undefined;
  }

  #parseObject(text: string): object | undefined {
    try {
      const value = this.#parse(text);
      return typeof value === "object" && value !== null ? value : undefined;
    } catch {
      return undefined; // no JSON: some other server answered
    }
  }

  #exchange(request: ApiRequest): Promise<{ status: number; text: string }> {
    return this.#fetch(request, async (response) => {
      return { status: response.status, text: await response.text() };
    });
  }

  async #fetch<T>(request: ApiRequest, read: (response: Response) => Promise<T>): Promise<T> {
    const { url, token, timeoutMs, fetch = globalThis.fetch } = this.#options;
    const headers = new Headers({ accept: "application/json" });
    if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
    const init: RequestInit = { method: request.method, headers };
    if (request.body !== undefined) {
      headers.set("content-type", "application/json");
      init.body = JSON.stringify(request.body);
    }
    if (timeoutMs !== undefined) init.signal = AbortSignal.timeout(timeoutMs);
    try {
      return await read(await fetch(url + request.path + queryOf(request.query), init));
    } catch (error) {
      // fetch reports every trouble of the network as a TypeError.
      if (error instanceof TypeError || init.signal?.aborted) {
        throw new UnreachedError(url, { cause: error });
      }
      throw error;
    }
  }
}

function queryOf(query: ApiRequest["query"]): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined) params.set(name, String(value));
  }
  return params.size === 0 ? "" : `?${params}`;
}

function isEnvelope(value: object): value is Envelope {
  return "success" in value && typeof value.success === "boolean";
}

function refusal({ error, code, details }: Envelope, status: number): ApiError {
  return new ApiError(
    typeof error === "string" ? error : `The server answered status ${status}`,
    typeof code === "string" ? code : "unknown",
    status,
    Array.isArray(details?.faults) ? details.faults : [],
  );
}
