/**
 * Makes the HTTP app around a stand-in for the manager, and asks it without a port. The headers of each
 * answer are held against the API's description.
 */
import type { Hono } from "hono";
import type { AppEnv, RoutedManager } from "../../routes/app_env.ts";
import { createApp } from "../../routes/app.ts";
import { checkHeadersDescribed } from "./described.ts";
import { type Call, fakeManager } from "./fake_manager.ts";

/** Half a second after the fake's task has ended. */
export const NOW_MS: number = Date.UTC(2026, 0, 2, 3, 4, 7, 500);

/** An app, what was called of its manager, and what it logged. */
export interface AppWorld {
  readonly app: Hono<AppEnv>;
  readonly calls: readonly Call[];
  readonly logged: readonly { readonly error: unknown; readonly requestId: string }[];
}

/** Makes an app whose manager is a stand-in. */
export function appWith(
  overrides: Partial<RoutedManager> = {},
  options: { allowedHosts?: readonly string[]; bodyTimeoutMs?: number } = {},
): AppWorld {
  const { manager, calls } = fakeManager(overrides);
  const logged: { error: unknown; requestId: string }[] = [];
  const app = createApp({
    manager,
    clock: { nowMs: () => NOW_MS, monotonicMs: () => 0 },
    logError: (error, requestId) => logged.push({ error, requestId }),
    ...options,
  });
  const { request } = app;
  app.request = async (input, init, ...others) => {
    const answer = await request(input, init, ...others);
    const sent = input instanceof Request ? input : { method: init?.method ?? "GET", url: input };
    const { pathname } = new URL(sent.url, "http://localhost");
    checkHeadersDescribed({ method: sent.method, path: pathname }, answer);
    return answer;
  };
  return { app, calls, logged };
}

/** A request with a JSON body. */
export function jsonRequest(method: string, body: unknown): RequestInit {
  return { method, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

/** An answer as a plain value. */
export async function readAnswer(
  response: Response | Promise<Response>,
): Promise<{ status: number; body: unknown }> {
  const { status, body } = { status: (await response).status, body: await (await response).json() };
  return { status, body };
}
