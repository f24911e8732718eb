/** What is told of an alert, and what became of telling it. */

/** What is told to a channel. All texts may be written by users. */
export interface AlertNotice {
  /** One of its own for each notice; the same at each try to deliver it. */
  readonly id: string;
  /** The rule's name. */
  readonly rule: string;
  readonly severity: "info" | "warning" | "critical";
  readonly state: "firing" | "recovered" | "test";
  readonly labels: Readonly<Record<string, string>>;
  readonly poolName: string | null;
  /** What was measured. */
  readonly value: number | null;
  readonly threshold: number | null;
  /** What is so, in one sentence. */
  readonly text: string;
  readonly atMs: number;
  /** Since when it is so. */
  readonly startedAtMs: number;
}

/** One try to deliver a notice. */
export interface Delivery {
  readonly atMs: number;
  /** The channel's name. */
  readonly channel: string;
  readonly noticeId: string;
  /** Counted from 1. */
  readonly try: number;
  readonly isDelivered: boolean;
  /** The answer's status, or why it was not delivered; without the channel's secrets. */
  readonly outcome: string;
  /** When it is tried again; null if it is not. */
  readonly nextTryAtMs: number | null;
}
