/** The HTTP app with a real manager behind it, asked without a port. */
import { Config, Manager, systemClock } from "../../core/mod.ts";
import { createApp } from "../../routes/app.ts";
import { checkDescribed } from "./described.ts";
import type { ApiAnswer } from "./start_server.ts";

/** See the head of this file. */
export interface ManagedApp extends AsyncDisposable {
  readonly manager: Manager;
  /** Answers a request as the server would. */
  fetch(request: Request): Promise<Response>;
  /** Asks; what is no text is sent as JSON. */
  ask(method: string, path: string, body?: unknown, headers?: HeadersInit): Promise<ApiAnswer>;
}

/** Asks, and lays the envelope of the answer open: a test is about what it has. */
export async function call(app: ManagedApp, method: string, path: string, body?: unknown) {
  const { status, body: answer, headers } = await app.ask(method, path, body);
  // deno-lint-ignore no-explicit-any -- what the answer has is what the tests are about
  return { status, headers, ...(answer as any) };
}

/** Starts a manager and makes the app of it; an error that nobody foresaw fails the test. */
export async function managedApp(config: Readonly<Record<string, unknown>> = {}): Promise<
  ManagedApp
> {
  const manager = await Manager.start({ config: Config.parse({ data: ":memory:", ...config }) });
  const unforeseen: unknown[] = [];
  const logError = (error: unknown) => unforeseen.push(error);
  const app = createApp({ manager, clock: systemClock, logError });
  return {
    manager,
    fetch: async (request) => await app.fetch(request),
    async ask(method, path, body, headers = {}) {
      const response = await app.request(path, {
        method,
        headers: {
          "content-type": "application/json",
          ...Object.fromEntries(new Headers(headers)),
        },
        ...(body === undefined
          ? {}
          : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      const answer = {
        status: response.status,
        headers: response.headers,
        body: JSON.parse(text),
      };
      checkDescribed({ method, path }, answer);
      return answer;
    },
    async [Symbol.asyncDispose]() {
      await manager.close();
      if (unforeseen.length > 0) throw new AggregateError(unforeseen, "Unforeseen errors");
    },
  };
}
