/** What channels are told of alerts. */
import type { AlertSeverity } from "./alert.ts";

/** See the head of this file. All texts may be written by users. */
export interface AlertNotice {
  /** The alert's: it is told under the same id that it fires and that it recovered. */
  readonly id: string;
  readonly rule: string;
  readonly severity: AlertSeverity;
  readonly state: "firing" | "recovered" | "test";
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
