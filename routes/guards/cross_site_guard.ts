/**
 * Refuses what a page of another site makes a browser send. Browsers mark such requests, and no
 * page can forge the marks; programs such as curl send neither mark and pass: what a program may
 * do, it may do itself.
 */
import type { MiddlewareHandler } from "hono";
import type { AppEnv } from "../app_env.ts";
import { HttpError } from "../errors.ts";

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS", "TRACE"]);
const OWN_SITES = new Set(["same-origin", "none"]);

/** Lets through what is safe, and what comes from this server's own pages or from no page. */
export function crossSiteGuard(): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const site = c.req.header("sec-fetch-site");
    const isOwn = (site === undefined || OWN_SITES.has(site)) &&
      isOwnOrigin(c.req.header("origin"), c.req.header("host") ?? new URL(c.req.url).host);
    if (!isOwn && !SAFE_METHODS.has(c.req.method)) {
      throw new HttpError("cross_site_request", "Cannot act: another site made this request");
    }
    await next();
  };
}

/** The scheme may differ: behind a proxy that ends TLS, a page is https and the request is not. */
function isOwnOrigin(origin: string | undefined, host: string): boolean {
  if (origin === undefined) return true;
  return origin === `http://${host}` || origin === `https://${host}`;
}
