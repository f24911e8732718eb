/** What became of telling a channel of an alert. */
import { z } from "zod";
import { ALERT_NOTICE_STATES } from "./alert_notice.ts";

/** One try to deliver a notice. */
export const Delivery = z.strictObject({
  atMs: z.number(),
  /** The channel's name. */
  channel: z.string(),
  noticeId: z.string(),
  state: z.enum(ALERT_NOTICE_STATES),
  /** Counted from 1. */
  try: z.int(),
  isDelivered: z.boolean(),
  /** The answer's status, or why it was not delivered; without the channel's secrets. */
  outcome: z.string(),
  /** When it is tried again; null if it is not. */
  nextTryAtMs: z.number().nullable(),
}).readonly();
/** One try to deliver a notice. */
export type Delivery = z.infer<typeof Delivery>;
