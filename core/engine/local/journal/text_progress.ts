/** How far the text index is. */
import type { StatementSync } from "node:sqlite";

/** See the head of this file. */
export interface TextProgress {
  /** The last task that it has. */
  readonly seq: number;
  /** The last end, by its number. */
  readonly ended: number;
  /** All tasks up to this one are gone, from the journal and from it. */
  readonly pruned: number;
}

/** Reads it from the index. */
export function readProgress(index: { prepare(sql: string): StatementSync }): TextProgress {
  const row = index.prepare("SELECT seq, ended, pruned FROM progress").get();
  return {
    seq: Number(row?.["seq"] ?? 0),
    ended: Number(row?.["ended"] ?? 0),
    pruned: Number(row?.["pruned"] ?? 0),
  };
}
