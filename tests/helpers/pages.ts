/** Asks for pages as a browser does, as a script on a page does, and as a program does. */
import { strictEqual } from "node:assert/strict";
import { fieldsOfHtml, type HtmlElement, readHtml } from "./html.ts";

/** What the tests of pages need of an app. */
export interface AskedApp {
  request(path: string, request?: RequestInit): Response | Promise<Response>;
}

/** Who asks, and how. */
export interface Asking {
  /** The element that a script wants to fill; left out: the browser itself asks. */
  readonly target?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer, read. */
export interface PageAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly html: string;
  readonly elements: readonly HtmlElement[];
  /** All that can be read on it. */
  readonly text: string;
  /** Texts of what is marked as a fault. */
  readonly faults: readonly string[];
  readonly fields: ReadonlyMap<string, string>;
}

/** What a browser says that it takes. */
export const BROWSER: Readonly<Record<string, string>> = { accept: "text/html,*/*;q=0.8" };

/** Looks at a page. */
export async function look(app: AskedApp, path: string, asking: Asking = {}): Promise<PageAnswer> {
  return await readPage(await app.request(path, { headers: headersOf(asking) }));
}

/** Sends a form; a name may come more than once. */
export async function send(
  app: AskedApp,
  path: string,
  fields: readonly (readonly [string, string])[] | Readonly<Record<string, string>> = {},
  asking: Asking = {},
): Promise<PageAnswer> {
  const entries = Array.isArray(fields) ? fields : Object.entries(fields);
  const body = new URLSearchParams(entries as [string, string][]); // copied by it
  return await readPage(
    await app.request(path, { method: "POST", headers: headersOf(asking), body }),
  );
}

/** Reads an answer that is HTML or nothing. */
export async function readPage(response: Response): Promise<PageAnswer> {
  const { status, headers } = response;
  const html = await response.text();
  if (html !== "") strictEqual(headers.get("content-type"), "text/html; charset=UTF-8");
  const elements = readHtml(html);
  return {
    status,
    headers,
    html,
    elements,
    text: elements[0]?.name === "html"
      ? elements[0].text
      : elements.map(({ text }) => text).join("\n"),
    faults: elements.filter(({ attributes }) => attributes.get("class") === "fault")
      .map(({ text }) => text),
    fields: fieldsOfHtml(elements),
  };
}

/** What the answer tells the page that asked. */
export function triggersOf(answer: PageAnswer): unknown {
  return JSON.parse(answer.headers.get("hx-trigger") ?? "null");
}

/** The message that the answer keeps for the next page. */
export function keptToast(answer: PageAnswer): unknown {
  const kept = answer.headers.getSetCookie().map((cookie) => /^lido_toast=([\w-]+);/.exec(cookie))
    .find((match) => match !== null);
  if (!kept) return null;
  return JSON.parse(
    new TextDecoder().decode(Uint8Array.fromBase64(kept[1] ?? "", { alphabet: "base64url" })),
  );
}

function headersOf({ target, headers = {} }: Asking): Record<string, string> {
  const scripted = target === undefined ? BROWSER : {
    "hx-request": "true",
    "hx-target": `div#${target}`,
    accept: "text/html",
  };
  return { ...scripted, ...headers };
}
