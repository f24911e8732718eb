/** What became of telling a channel of an alert. */
import type { AlertNotice } from "./alert_notice.ts";

/** One try to deliver a notice. */
export interface Delivery {
  readonly atMs: number;
  /** The channel's name. */
  readonly channel: string;
  readonly noticeId: string;
  readonly state: AlertNotice["state"];
  /** Counted from 1. */
  readonly try: number;
  readonly isDelivered: boolean;
  /** The answer's status, or why it was not delivered; without the channel's secrets. */
  readonly outcome: string;
  /** When it is tried again; null if it is not. */
  readonly nextTryAtMs: number | null;
}
