/** The local engine's history: pools by their numbers to the journal, and from its reader. */
import type { HistorySample } from "../../observation/history/history_row.ts";
import { writeHistoryRow } from "../../observation/history/row_bytes.ts";
import type { HistoryQuery, HistoryRead } from "../engine.ts";
import type { Change } from "./journal/group.ts";
import type { JournalReader } from "./journal/reader.ts";
import { ALL_POOLS } from "./journal/schema.ts";
import type { PoolShelf } from "./pool_shelf.ts";

/** What a sample is written as. */
export function historyChange(sample: HistorySample, shelf: PoolShelf): Change {
  const rows = sample.entries.map(({ poolId, row }) => ({
    pool: poolId === null ? ALL_POOLS : shelf.numberOf(poolId),
    row: writeHistoryRow(row),
  }));
  const [atMs, nowMs] = [Math.round(sample.atMs), Math.round(sample.nowMs)];
  return { kind: "history", atMs, nowMs, rows };
}

/** Reads a range. @throws {LidoError} `pool_not_found`. */
export async function readHistory(
  { poolId, ...range }: HistoryQuery,
  { reader, shelf }: { readonly reader: JournalReader; readonly shelf: PoolShelf },
): Promise<HistoryRead> {
  const pool = poolId === undefined ? ALL_POOLS : shelf.numberOf(poolId);
  return await reader.history({ ...range, pool });
}
