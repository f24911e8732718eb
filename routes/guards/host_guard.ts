/**
 * Refuses requests that were meant for another host. A page on a foreign site can make its own
 * name resolve to this machine (DNS rebinding), and is then same-origin with this server for the
 * browser; but the name stands in the request.
 */
import type { Context } from "hono";
import type { AppEnv } from "../app_env.ts";
import { HttpError } from "../errors.ts";

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];
const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i;

/**
 * Makes the check that takes the loopback names and the given ones, with any port. It throws an
 * `HttpError` `misdirected_request`.
 */
export function hostCheck(allowedHosts: readonly string[]): (c: Context<AppEnv>) => void {
  const allowed = new Set([...LOOPBACK, ...allowedHosts.map(normalize)]);
  return (c) => {
    // An absolute address in the request line wins over the header: so both have to be right.
    const authority = /^https?:\/\/([^/?#]*)/.exec(c.req.url)?.[1] ?? "";
    const named = [authority, c.req.header("host") ?? authority];
    if (!named.every((host) => allowed.has(hostName(host)))) {
      throw new HttpError("misdirected_request", "Cannot answer: the host is not this server's");
    }
  };
}

function hostName(host: string): string {
  return HOST.exec(host)?.[1]?.toLowerCase() ?? "";
}

function normalize(host: string): string {
  const name = host.toLowerCase();
  return name.includes(":") && !name.startsWith("[") ? `[${name}]` : name;
}
