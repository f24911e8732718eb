/** What channels are told of alerts. */
import type { AlertSeverity } from "./alert.ts";

/** See the head of this file. */
export interface AlertNotice {
  readonly id: string;
  readonly rule: string;
  readonly severity: AlertSeverity;
  readonly state: "firing" | "recovered" | "test";
  readonly labels: Readonly<Record<string, string>>;
  readonly poolName: string | null;
  readonly value: number;
  readonly threshold: number;
  readonly text: string;
  readonly atMs: number;
  readonly startedAtMs: number;
}
