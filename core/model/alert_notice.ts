/** What channels are told of alerts. */
import type { AlertSeverity } from "./alert.ts";

/** What an alert may have done when it is told, or that it is only a test. */
export const ALERT_NOTICE_STATES = ["firing", "recovered", "test"] as const;

/** See the head of this file. All texts may be written by users. */
export interface AlertNotice {
  /** The alert's: it is told under the same id that it fires and that it recovered. */
  readonly id: string;
  readonly rule: string;
  readonly severity: AlertSeverity;
  readonly state: typeof ALERT_NOTICE_STATES[number];
  readonly labels: Readonly<Record<string, string>>;
  readonly poolName: string | null;
  readonly value: number | null;
  readonly threshold: number | null;
  /** What is so, in one sentence. */
  readonly text: string;
  readonly atMs: number;
  /** Since when it is so. */
  readonly startedAtMs: number;
}
