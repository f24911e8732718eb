/** The local engine's history: pools by their numbers to the journal, and from its reader. */
import type { HistorySample } from "../../observation/history/history_row.ts";
import { writeHistoryRow } from "../../observation/history/row_bytes.ts";
import type { HistoryArchive, HistoryQuery, HistoryRead } from "../archives.ts";
import type { Change } from "./journal/group.ts";
import type { Journal } from "./journal/journal.ts";
import type { JournalReader } from "./journal/reader.ts";
import { ALL_POOLS } from "./journal/schema.ts";
import type { PoolShelf } from "./pool_shelf.ts";

/** Histories that are kept: each may be half a megabyte. */
const KEPT_MAX = 8;

/** What the history is written to and read from. */
export interface HistoryParts {
  readonly journal: Pick<Journal, "note" | "flush">;
  readonly reader: Pick<JournalReader, "history">;
  readonly shelf: Pick<PoolShelf, "numberOf">;
}

/** See the head of this file. Whoever watches a chart asks for the same again until there is more. */
export class LocalHistory implements HistoryArchive {
  readonly #parts: HistoryParts;
  /** The newest last, by what was asked. */
  readonly #kept = new Map<string, Promise<HistoryRead>>();

  constructor(parts: HistoryParts) {
    this.#parts = parts;
  }

  async save(sample: HistorySample): Promise<void> {
    const { journal, shelf } = this.#parts;
    journal.note(historyChange(sample, shelf)); // its meters have begun anew: it must not be lost
    await journal.flush();
    this.clear();
  }

  async read({ poolId, type, ...range }: HistoryQuery): Promise<HistoryRead> {
    const { reader, shelf } = this.#parts;
    const pool = poolId === undefined ? ALL_POOLS : shelf.numberOf(poolId);
    const key = JSON.stringify([pool, type, ...Object.values(range)]);
    const kept = this.#kept.get(key);
    if (kept !== undefined) return await kept;
    const history = reader.history({ ...range, pool, type });
    this.#kept.set(key, history);
    const [oldest = key] = this.#kept.keys();
    if (this.#kept.size > KEPT_MAX) this.#kept.delete(oldest);
    try {
      return await history;
    } catch (error) {
      this.#kept.delete(key);
      throw error;
    }
  }

  /** There is more on record from now on. */
  clear(): void {
    this.#kept.clear();
  }
}

/** What a sample is written as. */
function historyChange(sample: HistorySample, shelf: HistoryParts["shelf"]): Change {
  const rows = sample.entries.map(({ poolId, row }) => ({
    pool: poolId === null ? ALL_POOLS : shelf.numberOf(poolId),
    row: writeHistoryRow(row),
  }));
  const types = sample.types.map(({ type, row }) => ({ type, row: writeHistoryRow(row) }));
  const [atMs, nowMs] = [Math.round(sample.atMs), Math.round(sample.nowMs)];
  return { kind: "history", atMs, nowMs, rows, types };
}
