/** `If-Match`: for which versions of a pool's settings a change is meant (RFC 9110, 13.1.1). */
import type { Context } from "hono";
import type { AppEnv } from "../app_env.ts";
import { invalidInput } from "./wire.ts";

/** One tag of a list, if there is one before the comma, or the end. */
const ELEMENT = /[ \t]*(?:((?:W\/)?"[!#-~\x80-\xff]*")[ \t]*)?(?:,|$)/gy;
/** A tag as a pool has it. A weak one is none: it does not say that all is the same. */
const VERSION = /^"([1-9]\d{0,14})"$/;

/**
 * Reads the versions; none where any will do.
 * @throws {HttpError} `invalid_input` where it is no list of tags.
 */
export function readIfMatch(c: Context<AppEnv>): { ifVersions?: readonly number[] } {
  const sent = c.req.header("If-Match");
  if (sent === undefined || sent.trim() === "*") return {};
  const elements = [...sent.matchAll(ELEMENT)];
  const tags = elements.flatMap(([, tag]) => tag === undefined ? [] : [tag]);
  const isWhole = elements.reduce((chars, [whole]) => chars + whole.length, 0) === sent.length;
  if (isWhole && tags.length > 0) {
    return {
      ifVersions: tags.flatMap((tag) => {
        const version = VERSION.exec(tag)?.[1];
        return version === undefined ? [] : [Number(version)];
      }),
    };
  }
  const message = 'Invalid: must be * or ETags of the pool, such as "3"';
  throw invalidInput("Cannot change pool", [{ path: ["If-Match"], message }]);
}
