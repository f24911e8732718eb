/** Views that are one browser's own: it keeps them itself. */
import { Buffer } from "node:buffer";
import type { Context } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { z } from "zod";
import { View } from "../../core/mod.ts";
import type { AppEnv } from "../app_env.ts";

/** Views of one browser. */
export const OWN_VIEWS_MAX = 10;
/** Browsers keep about four thousand characters a cookie. */
const COOKIE_CHARS_MAX = 3_800;
const COOKIE = "lido_views";
const YEAR_S = 365 * 86_400;

const Views = z.array(View).max(OWN_VIEWS_MAX);
/** One view. */
export type OwnView = z.output<typeof View>;

/** What the browser has kept; none where that was not written here. */
export function readOwnViews(c: Context<AppEnv>): readonly OwnView[] {
  const kept = getCookie(c, COOKIE);
  if (kept === undefined) return [];
  try {
    const views = Views.safeParse(JSON.parse(Buffer.from(kept, "base64url").toString()));
    return views.success ? views.data : [];
  } catch {
    return [];
  }
}

/** Has the browser keep these; answers whether there is room for them. */
export function keepOwnViews(c: Context<AppEnv>, views: readonly OwnView[]): boolean {
  const text = Buffer.from(JSON.stringify(views)).toString("base64url");
  if (views.length > OWN_VIEWS_MAX || text.length > COOKIE_CHARS_MAX) return false;
  setCookie(c, COOKIE, text, { path: "/", maxAge: YEAR_S, sameSite: "Lax", httpOnly: true });
  return true;
}
