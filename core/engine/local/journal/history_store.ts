/**
 * Writes the history, inside the writer's transactions. Rows of 5 s come in; once a minute is over
 * its rows are added to the row of the minute, these to the hour's, and these to the day's.
 *
 * Each row knows whether it was added to the next longer step. One that comes late, because the
 * clock was set back, is added where it belongs at every length. So at each instant a step's rows,
 * together with shorter ones that are not rolled up yet, make up exactly what happened.
 */
import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { readHistoryRow, writeHistoryRow } from "../../../observation/history/row_bytes.ts";
import { RowSum } from "../../../observation/history/row_sum.ts";
import { KEPT_STEPS, stepBegin } from "../../../observation/history/steps.ts";
import type { Change } from "./group.ts";
import { placeOfType } from "./history_read.ts";

/** Rows that are rolled up, and rows of each step that are let go, with one sample. */
const STEP_ROWS = 120;
/** And so many more for each row that comes: more than come, so that what is left over shrinks. */
const STEP_SHARE = 2;
/** A tenth longer than is told of: a longer step may begin before a time that is kept. */
const KEEP_SHARE = 1.1;
/** Starts that are kept. */
const STARTS_MAX = 10_000;

const LEVELS = KEPT_STEPS.map(({ stepMs, keepMs }) => ({ stepS: stepMs / 1_000, stepMs, keepMs }));

/** See the head of this file. */
export class HistoryStore {
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  /** Adds what pools did in a step, and goes a little on with what is to be rolled up and let go. */
  save({ atMs, nowMs, rows, types }: Extract<Change, { kind: "history" }>): void {
    for (const { pool, row } of rows) this.#add(0, pool, atMs, row);
    for (const { type, row } of types) this.#add(0, this.#placeOf(type), atMs, row);
    const limit = STEP_ROWS + STEP_SHARE * (rows.length + types.length);
    this.#rollUp(nowMs, limit);
    this.#prune(nowMs, limit);
  }

  /** The server was started. */
  saveStart({ atMs, wasClosed }: Extract<Change, { kind: "started" }>): void {
    this.#run("INSERT INTO starts (at, was_closed) VALUES (?, ?)", atMs, wasClosed ? 1 : 0);
    this.#run("DELETE FROM starts WHERE n <= (SELECT max(n) FROM starts) - ?", STARTS_MAX);
  }

  /** Types are where pools are, with the negative of a number of their own. */
  #placeOf(type: string): number {
    this.#run("INSERT INTO history_types (name) VALUES (?) ON CONFLICT DO NOTHING", type);
    return placeOfType(this.#db, type);
  }

  /** Adds a row to its step; if that was rolled up already, to the longer steps, too. */
  #add(level: number, pool: number, atMs: number, bytes: Uint8Array): void {
    const stepS = LEVELS[level]?.stepS ?? 0;
    const above = LEVELS[level + 1];
    const { changes } = this.#prepare(
      "INSERT INTO history VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
    ).run(stepS, pool, atMs, above === undefined ? 1 : 0, bytes);
    if (changes === 1) return;
    const old = this.#prepare(
      "SELECT is_rolled, row FROM history WHERE step_s = ? AND pool = ? AND at = ?",
    ).get(stepS, pool, atMs);
    this.#run(
      "UPDATE history SET row = ? WHERE step_s = ? AND pool = ? AND at = ?",
      sumOf([bytesOf(old), bytes]),
      stepS,
      pool,
      atMs,
    );
    if (above === undefined || old?.["is_rolled"] === 0) return;
    this.#add(level + 1, pool, stepBegin(atMs, above.stepMs), bytes);
  }

  /** From the oldest: rows of longer steps that are over. */
  #rollUp(nowMs: number, limit: number): void {
    let left = limit;
    for (const [level, { stepS }] of LEVELS.entries()) {
      const above = LEVELS[level + 1];
      if (above === undefined) return;
      while (left > 0) {
        const oldest = this.#prepare(
          `SELECT pool, at FROM history INDEXED BY history_by_age
           WHERE is_rolled = 0 AND step_s = ? AND at < ? ORDER BY at LIMIT 1`,
        ).get(stepS, stepBegin(nowMs, above.stepMs));
        if (oldest === undefined) break;
        left -= this.#rollOne(level, Number(oldest["pool"]), Number(oldest["at"]), above.stepMs);
      }
    }
  }

  /** Adds what is not rolled up yet of one longer step; gives how many rows that were. */
  #rollOne(level: number, pool: number, atMs: number, aboveMs: number): number {
    const beginMs = stepBegin(atMs, aboveMs);
    const where = "step_s = ? AND pool = ? AND at >= ? AND at < ? AND is_rolled = 0";
    const which = [LEVELS[level]?.stepS ?? 0, pool, beginMs, beginMs + aboveMs] as const;
    const rows = this.#prepare(`SELECT row FROM history WHERE ${where}`).all(...which);
    this.#run(`UPDATE history SET is_rolled = 1 WHERE ${where}`, ...which);
    this.#add(level + 1, pool, beginMs, sumOf(rows.map(bytesOf)));
    return rows.length;
  }

  /** Lets the oldest rows go. What is not rolled up stays: it is nowhere else. */
  #prune(nowMs: number, limit: number): void {
    for (const { stepS, keepMs } of LEVELS) {
      this.#run(
        `DELETE FROM history WHERE (step_s, pool, at) IN (
           SELECT step_s, pool, at FROM history INDEXED BY history_by_age
           WHERE is_rolled = 1 AND step_s = ? AND at < ? ORDER BY at LIMIT ?
         )`,
        stepS,
        nowMs - keepMs * KEEP_SHARE,
        limit,
      );
    }
  }

  #run(sql: string, ...values: readonly SQLInputValue[]): void {
    this.#prepare(sql).run(...values);
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) this.#statements.set(sql, statement = this.#db.prepare(sql));
    return statement;
  }
}

function bytesOf(row: Record<string, unknown> | undefined): Uint8Array {
  return row?.["row"] as Uint8Array; // a BLOB column
}

function sumOf(rows: readonly Uint8Array[]): Uint8Array {
  return writeHistoryRow(RowSum.of(rows.map(readHistoryRow)).toRow());
}
