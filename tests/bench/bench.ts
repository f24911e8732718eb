/** What the benches have in common: a client in a thread, a text index that is waited for, and words. */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** Has a client's thread do what is asked, and gives its answer. */
export function askClient<Answer>(client: Worker, request: object): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  client.onmessage = ({ data }: MessageEvent<Answer>) => resolve(data);
  client.onerror = (event) => {
    event.preventDefault();
    reject(new TypeError(event.message));
  };
  client.postMessage(request);
  return promise;
}

/** Waits until the text index of a folder has seen so many tasks, and has put its parts together. */
export async function untilIndexed(data: string, count: number): Promise<void> {
  using db = new DatabaseSync(join(data, "search.sqlite"), { readOnly: true });
  const progress = db.prepare("SELECT seq FROM progress");
  while (Number(progress.get()?.["seq"] ?? 0) < count) await sleep(200);
  const changes = db.prepare("PRAGMA data_version");
  for (let last; last !== (last = changes.get()?.["data_version"]);) await sleep(1_000);
}

/** Prints a line. */
export function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

/** Waits, in milliseconds. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
