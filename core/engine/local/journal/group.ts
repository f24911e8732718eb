/**
 * What the server tells the journal's writer: everything that happened since the last group, in one
 * message and one transaction. Rows are laid flat, one after the other in one list.
 */
import type { ErrorCode } from "../../../model/errors.ts";
import type { AlertSettingKind } from "../../archives.ts";
import { putTextsBack, type SharingRows, takeTexts } from "./shared_texts.ts";

/** Columns of a submitted task, in their order. */
export const SUBMIT_COLUMNS = [
  "seq",
  "id",
  "pool",
  "type",
  "name",
  "priority",
  "submittedAt",
  "runTimeoutMs",
  "codeUrl",
  "codeVersion",
  "idempotencyKey",
  "tags",
  "input",
] as const;

/** Columns of what is kept of a submitted task that belongs to a trace. */
export const TRACED_COLUMNS = ["seq", "traceparent"] as const;

/** Columns of a task that went from one state that is not final to another. */
export const MOVE_COLUMNS = [
  "seq",
  "pool",
  "from",
  "to",
  "event",
  "at",
  "attempt",
  "slot",
  "cause",
  "deaths",
] as const;

/**
 * Columns of a task that ended. `startedNow` is 1 when it ended before it was told to run; `timeout` is
 * 1 when it ran too long, 2 when it waited too long, and else 0.
 */
export const END_COLUMNS = [
  "seq",
  "pool",
  "from",
  "to",
  "event",
  "at",
  "attempt",
  "startedAt",
  "runMs",
  "slot",
  "cause",
  "result",
  "ending",
  "notes",
  "codeVersion",
  "startedNow",
  "timeout",
] as const;

const SHARED_SUBMIT_COLUMNS = (["type", "codeUrl", "codeVersion"] as const)
  .map((column) => SUBMIT_COLUMNS.indexOf(column));
const SHARED_END_COLUMNS = [END_COLUMNS.indexOf("codeVersion")];

/** One value of a row. */
export type Cell = string | number | null;

/** What happens seldom enough for an object of its own. */
export type Change =
  | {
    readonly kind: "pool";
    readonly number: number;
    readonly id: string;
    readonly state: string;
    readonly createdAtMs: number;
    readonly version: number;
    readonly atMs: number;
    readonly author: string | null;
    readonly reason: string | null;
    readonly settings: string;
  }
  /** A saved view; without a query it goes. */
  | {
    readonly kind: "view";
    readonly name: string;
    readonly query: string | null;
    readonly atMs: number;
  }
  /** A rule or a channel of alerts as JSON; without a value it goes. */
  | {
    readonly kind: "alert_setting";
    readonly of: AlertSettingKind;
    readonly name: string;
    readonly value: string | null;
  }
  /** An alert as it is now, as JSON. */
  | {
    readonly kind: "alert";
    readonly id: string;
    readonly endedAtMs: number | null;
    readonly alert: string;
  }
  /** A try to tell a channel of an alert, as JSON. */
  | { readonly kind: "delivery"; readonly delivery: string }
  | { readonly kind: "rejected"; readonly pool: number; readonly count: number }
  | {
    readonly kind: "logged";
    readonly seq: number;
    readonly attempt: number;
    readonly lines: readonly {
      readonly atMs: number;
      readonly level: string;
      readonly text: string;
    }[];
  }
  /** A task that waits: its pool and its priority are these from now on. */
  | {
    readonly kind: "changed";
    readonly seq: number;
    /** Numbers of pools. */
    readonly from: number;
    readonly to: number;
    readonly priority: number;
    readonly atMs: number;
    readonly attempt: number;
    /** A sentence for each event. */
    readonly causes: readonly string[];
    /** Cells of its group's moves that came before it: the task may have started right after it. */
    readonly movedBefore: number;
  }
  | { readonly kind: "noted"; readonly seq: number; readonly notes: string }
  | {
    readonly kind: "history";
    /** When the step began. */
    readonly atMs: number;
    readonly nowMs: number;
    /** As `writeHistoryRow()` made them. */
    readonly rows: readonly { readonly pool: number; readonly row: Uint8Array }[];
    readonly types: readonly { readonly type: string; readonly row: Uint8Array }[];
  }
  /** What the ledger of this generation told of tasks was dealt with, in this group. */
  | { readonly kind: "recovered"; readonly generation: number }
  | { readonly kind: "started"; readonly atMs: number; readonly wasClosed: boolean }
  | { readonly kind: "prune"; readonly nowMs: number; readonly rules: PruneRules };

/** Records that one step of retention takes at most: what is written next waits so long for it. */
export const PRUNE_STEP = 100;

/** What is kept of ended tasks. */
export interface PruneRules {
  /** Of all pools together. */
  readonly keepTasks: number;
  /** How long; null: as long as there is room. */
  readonly keepMs: number | null;
  readonly pools: readonly {
    readonly number: number;
    readonly keepTasks: number | null;
    readonly keepMs: number | null;
  }[];
}

/** What a group tells of tasks. */
export interface TaskRows {
  readonly submitted: Cell[];
  readonly moved: readonly Cell[];
  readonly ended: Cell[];
  readonly traced: readonly Cell[];
}

/** How many rows there are of the lives of tasks; those of traces come with a submit's. */
export function countRows({ submitted, moved, ended }: Omit<TaskRows, "traced">): number {
  return submitted.length / SUBMIT_COLUMNS.length + moved.length / MOVE_COLUMNS.length +
    ended.length / END_COLUMNS.length;
}

/** JSON of {@link TaskRows}: a text crosses to another thread many times faster than lists do. */
export function writeTaskRows({ submitted, moved, ended, traced }: TaskRows): string {
  const sharing = sharingRows(submitted, ended);
  const texts = takeTexts(sharing);
  try {
    return JSON.stringify([submitted, moved, ended, traced, texts]);
  } finally {
    putTextsBack(sharing, texts); // a group that could not be written is written once more
  }
}

/** What {@link writeTaskRows} wrote; in an older Lido it knew nothing of traces and shared texts. */
export function readTaskRows(text: string): TaskRows {
  const [submitted, moved, ended, traced = [], texts = []] = JSON.parse(text); // as they were written
  putTextsBack(sharingRows(submitted, ended), texts);
  return { submitted, moved, ended, traced };
}

function sharingRows(submitted: Cell[], ended: Cell[]): readonly SharingRows[] {
  return [
    { cells: submitted, width: SUBMIT_COLUMNS.length, columns: SHARED_SUBMIT_COLUMNS },
    { cells: ended, width: END_COLUMNS.length, columns: SHARED_END_COLUMNS },
  ];
}

/** One group. */
export interface GroupMessage {
  readonly kind: "group";
  /** Counts groups over the life of the file: one that was written is not written again. */
  readonly number: number;
  /** Whether it must be on the disk, and not only with the operating system, to count as written. */
  readonly isSynced: boolean;
  /** As {@link writeTaskRows} wrote them; several only where one text would be too long. */
  readonly tasks: readonly string[];
  /** See {@link countRows}. */
  readonly rows: number;
  readonly changes: readonly Change[];
}

/** What the writer is told; `apply` that somebody waits to read what is written. */
export type ToWriter =
  | GroupMessage
  | {
    readonly kind: "open";
    readonly path: string;
    /** False where nothing is to be kept anyway. */
    readonly isDurable: boolean;
    /** Rows of a group from which on it waits in the inbox; see `inbox.ts`. */
    readonly inboxRowsMin: number;
  }
  | { readonly kind: "apply" }
  | { readonly kind: "close" };

/** What the writer answers; `applied` is the last group that the tables show. */
export type FromWriter =
  | { readonly kind: "refused"; readonly code: ErrorCode; readonly message: string }
  | { readonly kind: "opened"; readonly lastGroup: number }
  | {
    readonly kind: "written";
    readonly number: number;
    readonly applied: number;
    readonly pruned: number;
  }
  | { readonly kind: "applied"; readonly applied: number }
  | {
    readonly kind: "failed";
    readonly number: number;
    readonly message: string;
  }
  | { readonly kind: "closed" };
