/**
 * Refuses what a page of another site makes a browser send. Browsers mark such requests, and no
 * page can forge the marks; programs such as curl send neither mark and pass: what a program may
 * do, it may do itself.
 */
import type { Context } from "hono";
import type { AppEnv } from "../app_env.ts";
import { HttpError } from "../errors.ts";

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS", "TRACE"]);
const OWN_SITES = new Set(["same-origin", "none"]);

/**
 * Takes what is safe, and what comes from this server's own pages or from no page.
 * @throws {HttpError} `cross_site_request`.
 */
export function checkSite(c: Context<AppEnv>): void {
  if (SAFE_METHODS.has(c.req.method)) return;
  const site = c.req.header("sec-fetch-site");
  const isOwn = (site === undefined || OWN_SITES.has(site)) &&
    isOwnOrigin(c.req.header("origin"), c.req.header("host") ?? new URL(c.req.url).host);
  if (isOwn) return;
  throw new HttpError("cross_site_request", "Cannot act: another site made this request");
}

/** The scheme may differ: behind a proxy that ends TLS, a page is https and the request is not. */
function isOwnOrigin(origin: string | undefined, host: string): boolean {
  if (origin === undefined) return true;
  return origin === `http://${host}` || origin === `https://${host}`;
}
