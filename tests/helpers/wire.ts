import type { WireTask } from "../../cli/client/mod.ts";

/** A task on the wire, with what tests look at and commands do not. */
export interface TaskJson extends WireTask {
  readonly metrics: Readonly<Record<string, number>>;
  readonly stop_requested_at: string | null;
}
