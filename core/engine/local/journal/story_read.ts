/** Reads of what happened to one task. */
import type { AttemptEntry, LogEntry, TaskEventEntry, TaskFailure } from "../../../model/task.ts";
import { STORED_EVENTS, storedState } from "./schema.ts";
import { readStoredJson } from "./stored_json.ts";
import type { TaskRows } from "./task_rows.ts";

/** What the last attempt of an ended task came to, by the task's state. */
const LAST_OUTCOMES =
  ([["completed", "done"], ["failed", "failed"], ["cancelled", "cancelled"]] as const)
    .map(([state, outcome]) => `WHEN ${storedState(state)} THEN '${outcome}'`).join(" ");

/** What a task's code logged, oldest first. */
export function readLogs(rows: TaskRows, seq: number): readonly LogEntry[] {
  return rows.all("SELECT * FROM logs WHERE task = ? ORDER BY n", seq).map((row) => ({
    atMs: Number(row["at"]),
    level: row["level"] as LogEntry["level"], // as it was written
    text: String(row["text"]),
    attempt: Number(row["attempt"]),
  }));
}

/** What happened to a task, oldest first. @throws {LidoError} `journal_corrupt`. */
export function readEvents(rows: TaskRows, seq: number): readonly TaskEventEntry[] {
  const row = rows.first("SELECT events FROM tasks WHERE seq = ?", seq);
  const entries = readStoredJson(`[${row?.["events"] ?? ""}]`) as readonly [
    number,
    number,
    number,
    string?,
  ][]; // as it was written
  return entries.map(([atMs, event, attempt, cause = null]) => ({
    atMs,
    event: STORED_EVENTS[event] ?? "submit",
    attempt,
    cause,
  }));
}

/** Attempts that another followed, and the last if it has ended. @throws {LidoError} `journal_corrupt`. */
export function readAttempts(rows: TaskRows, seq: number): readonly AttemptEntry[] {
  const attempts = rows.all(
    `SELECT number, slot, started_at, finished_at, run_ms, outcome, ending, code_version
     FROM attempts WHERE task = ?1
     UNION ALL SELECT attempt, slot, started_at, finished_at, run_ms,
      CASE state ${LAST_OUTCOMES} END, ending, code_version
     FROM tasks WHERE seq = ?1 AND finished_at IS NOT NULL AND started_at IS NOT NULL
     ORDER BY 1`,
    seq,
  );
  return attempts.map((row) => ({
    number: Number(row["number"]),
    slot: row["slot"] as number | null, // an INTEGER column
    startedAtMs: row["started_at"] as number | null, // an INTEGER column
    finishedAtMs: Number(row["finished_at"]),
    runMs: row["run_ms"] as number | null, // a REAL column
    outcome: row["outcome"] as AttemptEntry["outcome"], // as it was written
    message: messageOf(row["ending"] as string | null, String(row["outcome"])),
    codeVersion: row["code_version"] as string | null, // a TEXT column
  }));
}

function messageOf(ending: string | null, outcome: string): string | null {
  if (ending === null || outcome !== "failed") return ending;
  const failure = readStoredJson(ending) as TaskFailure; // as it was written
  return `${failure.name}: ${failure.message}`;
}
