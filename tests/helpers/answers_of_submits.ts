/** What the server answers to submits that it may refuse, and what its journal's file has. */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { END_COLUMNS, readTaskRows } from "../../core/engine/local/journal/group.ts";
import type { ServerProcess, WireTask } from "./server_process.ts";

/** Fills the disk quicker. */
const TAGS = Array.from({ length: 20 }, (_, at) => `${at}`.padEnd(64, "x"));

/** One answer of the API, whatever it says. */
export interface Answer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: { readonly code?: string; readonly error?: string; readonly data?: WireTask };
}

/** Submits to a pool, whatever the answer. */
export async function submit(server: ServerProcess, poolId: string, type: object): Promise<Answer> {
  const response = await fetch(`${server.url}/api/tasks`, {
    method: "POST",
    body: JSON.stringify({ pool_id: poolId, tags: TAGS, ...type }),
    headers: { "content-type": "application/json" },
  });
  const retryAfter = response.headers.get("retry-after");
  return { status: response.status, retryAfter, body: await response.json() };
}

/** A task that ends at once. */
export const NOTHING = { task_type: "sleep", input: { seconds: 0 } };

/** Submits until one is refused; gives that answer, and the tasks that were acknowledged before. */
export async function submitUntilRefused(
  server: ServerProcess,
  poolId: string,
): Promise<{ refused: Answer; acknowledged: readonly string[] }> {
  const acknowledged: string[] = [];
  for (;;) {
    const answer = await submit(server, poolId, NOTHING);
    if (answer.status !== 202) return { refused: answer, acknowledged };
    acknowledged.push(answer.body.data?.task_id ?? "");
  }
}

/** The status of `/health/ready`. */
export async function readiness(server: ServerProcess): Promise<number> {
  const response = await fetch(`${server.url}/health/ready`);
  await response.body?.cancel();
  return response.status;
}

/** What the journal's file says of a task, in its tables or in what waits for them, read past the server. */
export function stateOnDisk(data: string, id: string): number {
  const db = new DatabaseSync(join(data, "journal.sqlite"), { readOnly: true });
  try {
    db.exec("BEGIN"); // both as they are at one time
    const row = db.prepare("SELECT seq, state FROM tasks WHERE id = unhex(?, '-')").get(id);
    for (const { tasks } of db.prepare("SELECT tasks FROM inbox").all()) {
      const { ended } = readTaskRows(String(tasks));
      for (let at = 0; at < ended.length; at += END_COLUMNS.length) {
        if (ended[at] === row?.["seq"]) return Number(ended[at + END_COLUMNS.indexOf("to")]);
      }
    }
    return Number(row?.["state"]);
  } finally {
    db.close();
  }
}
