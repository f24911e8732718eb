/** Robots of chats answer 200 to everything: whether they took a message stands in the answer. */
import { z } from "zod";
import { DeliveryError } from "../delivery_error.ts";
import type { Answer } from "../http_post.ts";

/** DingTalk and WeCom say `errcode`, Feishu `code`. */
const RobotAnswer = z.union([
  z.object({ errcode: z.int(), errmsg: z.string().default("") })
    .transform(({ errcode, errmsg }) => ({ code: errcode, message: errmsg })),
  z.object({ code: z.int(), msg: z.string().default("") })
    .transform(({ code, msg }) => ({ code, message: msg })),
]);

/** Busy, or asked too often: DingTalk's -1 and 130101, WeCom's -1 and 45009, Feishu's 9499 and 11232. */
const PASSING_CODES = [-1, 130_101, 45_009, 9_499, 11_232];

/**
 * Looks whether a robot took the message.
 * @throws {DeliveryError} if it did not.
 */
export function checkRobotAnswer({ status, text }: Answer): void {
  const answer = RobotAnswer.safeParse(parseJson(text));
  if (!answer.success) {
    throw new DeliveryError(`HTTP ${status}, but no answer of such a robot`, { isFinal: true });
  }
  const { code, message } = answer.data;
  if (code === 0) return;
  throw new DeliveryError(`Refused with code ${code}: ${message}`, {
    isFinal: !PASSING_CODES.includes(code),
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // no JSON: it is told as such
  }
}
