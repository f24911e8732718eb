/**
 * One request for a page: the language and the looks of whoever asks, whether a fragment is wanted,
 * and how an answer is made of a view.
 */
import { Buffer } from "node:buffer";
import type { Context } from "hono";
import { accepts } from "hono/accepts";
import { raw } from "hono/html";
import { getCookie, setCookie } from "hono/cookie";
import type { Child } from "hono/jsx";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Clock } from "../../core/mod.ts";
import { View } from "../../views/context.ts";
import { Frame, type Place, type Preferences, REFRESH_CHOICES } from "../../views/frame.tsx";
import { Language, type LanguageCode, LANGUAGES } from "../../views/i18n/language.ts";
import { Live } from "../../views/parts/live.tsx";
import type { ToastModel } from "../../views/parts/toasts.tsx";
import type { AppEnv, RoutedManager } from "../app_env.ts";
import { readForm, type SentForm } from "../present/form.ts";
import { presentStrip } from "../present/strip.ts";
import { staticFiles } from "./static_files.ts";

const LANGUAGE_COOKIE = "lido_language";
const THEME_COOKIE = "lido_theme";
const REFRESH_COOKIE = "lido_refresh";
const TOAST_COOKIE = "lido_toast";
const YEAR_S = 365 * 86_400;
const REFRESH_DEFAULT = 2;

/** What every page's route works with. */
export interface Desk {
  readonly manager: RoutedManager;
  readonly clock: Clock;
}

/** A page that keeps itself up to date. */
export interface LivePage {
  readonly place: Place | null;
  readonly title: string;
  /** Makes the page; not called when the browser has it already. */
  readonly parts: () => LiveParts | Promise<LiveParts>;
  /** What the body shows beside the manager's state: the same tag means the same body. */
  readonly variant?: string;
}

/** A page that keeps itself up to date, in its parts. */
export interface LiveParts {
  /** What is above the live part, and is not swapped. */
  readonly head?: Child;
  /** The live part. */
  readonly body: Child;
  readonly foot?: Child;
}

/** See the head of this file. */
export class Visit {
  readonly language: Language;
  readonly preferences: Preferences;
  /** The page's address with all that is chosen on it. */
  readonly path: string;
  #form: SentForm | undefined;

  constructor(readonly c: Context<AppEnv>, readonly desk: Desk) {
    this.language = new Language(languageOf(c), desk.clock.nowMs());
    this.preferences = preferencesOf(c);
    const { pathname, search } = new URL(c.req.url);
    this.path = `${pathname}${search}`;
  }

  /** What a form sent, field by field. */
  get form(): SentForm {
    return this.#form ??= readForm(new TextDecoder().decode(this.c.var.body));
  }

  /** What a form sent as one field. */
  sent(name: string): string | undefined {
    return this.form.get(name)?.[0];
  }

  /**
   * Where the form, or the link to it, wants to come back to, if that is a place of this server.
   * Browsers leave out tabs and ends of lines, and would read `/<tab>/host` as another server.
   */
  backOr(otherwise: string): string {
    const sent = this.sent("back") ?? this.c.req.query("back");
    return sent !== undefined && /^\/(?![/\\])[\x21-\x7e]*$/.test(sent) ? sent : otherwise;
  }

  /** Whether a script asks, and not the browser itself. */
  get isScripted(): boolean {
    return this.c.req.header("hx-request") === "true" &&
      this.c.req.header("hx-history-restore-request") !== "true";
  }

  /** Whether a script asks for what goes into this element. */
  wants(id: string): boolean {
    return this.isScripted && (this.c.req.header("hx-target") ?? "").endsWith(`#${id}`);
  }

  /** Answers with a page, or with its live part alone, or with 304 if that is the same. */
  async live(page: LivePage): Promise<Response> {
    const tag = this.#tag(page.variant ?? "");
    if (this.wants("page")) return this.#swap(tag, async () => (await page.parts()).body);
    const { refreshS } = this.preferences;
    const { head, body, foot } = await page.parts();
    return this.page(
      page.place,
      page.title,
      (
        <>
          {head}
          <Live id="page" url={this.path} refreshS={refreshS} tag={tag}>{body}</Live>
          {foot}
        </>
      ),
    );
  }

  /** As {@link live} of the strip alone. */
  strip(body: () => Child): Promise<Response> {
    return this.#swap(this.#tag("strip"), body);
  }

  /** Answers with a whole page. */
  page(
    place: Place | null,
    title: string,
    body: Child,
    status: ContentfulStatusCode = 200,
  ): Response | Promise<Response> {
    const { c, desk, preferences, path } = this;
    this.#head();
    const toast = takeToast(c);
    const strip = presentStrip(desk.manager, this.language);
    const frame = { place, title, path, preferences, strip, toast };
    return c.html(<>{DOCTYPE}{this.#view(<Frame frame={frame}>{body}</Frame>)}</>, status);
  }

  /** Answers with a part of a page. */
  fragment(body: Child, status: ContentfulStatusCode = 200): Response | Promise<Response> {
    this.#head();
    return this.c.html(<>{this.#view(body)}</>, status);
  }

  /** A form or a question: in the page's dialog, or as a page of its own. */
  dialog(
    place: Place,
    title: string,
    body: Child,
    status: ContentfulStatusCode = 200,
  ): Response | Promise<Response> {
    if (this.isScripted) return this.fragment(body, status);
    return this.page(
      place,
      title,
      (
        <div class="alone">
          <h1 class="visually-hidden">{title}</h1>
          {body}
        </div>
      ),
      status,
    );
  }

  /**
   * Tells that something was done: a script is told so and looks again, a browser is sent on with
   * what to say there.
   */
  done(
    text: string,
    href: string,
    options: { leads?: boolean; level?: ToastModel["level"] } = {},
  ): Response {
    const { leads = false, level = "success" } = options;
    const toast = { level, text };
    this.#head();
    if (!this.isScripted || leads) this.#keepToast(toast);
    if (!this.isScripted) return this.c.redirect(href, 303);
    if (leads) {
      // The whole page is another one: htmx would swap the frame into a part of this one.
      this.c.header("HX-Redirect", href);
      return this.c.body(null, 200);
    }
    this.c.header(
      "HX-Trigger",
      asciiJson({ "lido:toast": toast, "lido:close": {}, "lido:refresh": {} }),
    );
    return this.c.body(null, 204);
  }

  /** Has the page that asked show a message, whatever else the answer is. */
  tell(toast: ToastModel): void {
    this.#head();
    this.c.header("HX-Trigger", asciiJson({ "lido:toast": toast }));
  }

  #view(body: Child): Child {
    const value = { language: this.language, files: staticFiles().addresses };
    return <View.Provider value={value}>{body}</View.Provider>;
  }

  #tag(variant: string): string | undefined {
    const revision = this.desk.manager.getRevision();
    if (revision === undefined) return undefined;
    const { theme, refreshS } = this.preferences;
    return [revision, this.language.code, theme, refreshS, variant].join("|");
  }

  /** Answers with a fragment, or with 304 if the browser has the one of this tag. */
  async #swap(tag: string | undefined, body: () => Child | Promise<Child>): Promise<Response> {
    this.#head();
    if (tag !== undefined) {
      this.c.header("HX-PTag", tag);
      if (this.c.req.header("hx-ptag") === tag) return this.c.body(null, 304);
    }
    return await this.fragment(await body());
  }

  /** Pages are of one user and one moment: nobody keeps them. */
  #head(): void {
    this.c.header("Cache-Control", "no-store");
    this.c.header("Vary", "HX-Request, HX-Target, Cookie, Accept-Language");
  }

  #keepToast(toast: ToastModel): void {
    const value = Buffer.from(JSON.stringify(toast)).toString("base64url");
    setCookie(this.c, TOAST_COOKIE, value, {
      path: "/",
      maxAge: 60,
      sameSite: "Strict",
      httpOnly: true,
    });
  }
}

/** hono/jsx writes none itself. */
const DOCTYPE = raw("<!DOCTYPE html>");

/** Keeps what somebody chose. */
export function keepPreferences(visit: Visit): void {
  const keep = (name: string, value: string) =>
    setCookie(visit.c, name, value, { path: "/", maxAge: YEAR_S, sameSite: "Lax", httpOnly: true });
  const language = visit.sent("language") ?? "";
  if (Object.hasOwn(LANGUAGES, language)) keep(LANGUAGE_COOKIE, language);
  const theme = visit.sent("theme") ?? "";
  if (["light", "dark", "system"].includes(theme)) keep(THEME_COOKIE, theme);
  const refresh = Number(visit.sent("refresh") ?? NaN);
  if (REFRESH_CHOICES.some((seconds) => seconds === refresh)) keep(REFRESH_COOKIE, String(refresh));
}

function languageOf(c: Context<AppEnv>): LanguageCode {
  const chosen = getCookie(c, LANGUAGE_COOKIE) ?? "";
  if (isLanguage(chosen)) return chosen;
  const language = accepts(c, {
    header: "Accept-Language",
    supports: Object.keys(LANGUAGES),
    default: "en",
    match: (wanted, { supports, default: other }) =>
      wanted.toSorted((one, next) => next.q - one.q)
        .map(({ type }) => type.split("-")[0]?.toLowerCase() ?? "")
        .find((code) => supports.includes(code)) ?? other,
  });
  return isLanguage(language) ? language : "en";
}

function isLanguage(code: string): code is LanguageCode {
  return Object.hasOwn(LANGUAGES, code);
}

function preferencesOf(c: Context<AppEnv>): Preferences {
  const theme = getCookie(c, THEME_COOKIE);
  const refreshS = Number(getCookie(c, REFRESH_COOKIE) ?? REFRESH_DEFAULT);
  return {
    theme: theme === "light" || theme === "dark" ? theme : "system",
    refreshS: REFRESH_CHOICES.some((seconds) => seconds === refreshS) ? refreshS : REFRESH_DEFAULT,
  };
}

function takeToast(c: Context<AppEnv>): ToastModel | null {
  const kept = getCookie(c, TOAST_COOKIE);
  if (kept === undefined) return null;
  setCookie(c, TOAST_COOKIE, "", { path: "/", maxAge: 0 });
  try {
    const { level, text } = JSON.parse(Buffer.from(kept, "base64url").toString());
    return { level: level === "error" ? "error" : "success", text: String(text) };
  } catch {
    return null; // not ours, or cut off
  }
}

/** Headers hold no letters beyond ASCII. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
