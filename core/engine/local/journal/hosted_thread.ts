/** The server's side of a thread of the journal: how it is heard, and known to have opened its files. */
import { type ErrorCode, LidoError } from "../../../model/errors.ts";

/** What a thread says first: that it opened its files, or why it cannot. */
type FirstMessage =
  | { readonly kind: "opened" }
  | { readonly kind: "refused"; readonly code: ErrorCode; readonly message: string };

/** Hears what a thread says, and for what reason it died; gives the thread. */
export function hear<Message>(
  worker: Worker,
  heard: (message: Message) => void,
  died: (reason: string) => void,
): Worker {
  worker.onmessage = ({ data }: MessageEvent<Message>) => heard(data);
  worker.onerror = (event) => {
    event.preventDefault();
    died(event.message);
  };
  return worker;
}

/**
 * Resolves with what a thread says when it has opened its files; one that cannot is ended.
 * @throws {LidoError} as it refuses, or what `died` makes of its reason.
 */
export async function whenOpened<Opened extends { readonly kind: "opened" }>(
  worker: Worker,
  died: (reason: string) => LidoError,
): Promise<Opened> {
  const { promise, resolve, reject } = Promise.withResolvers<Opened>();
  hear<Exclude<FirstMessage, { kind: "opened" }> | Opened>(
    worker,
    (first) => {
      if (first.kind === "opened") resolve(first);
      else reject(new LidoError(first.code, first.message));
    },
    (reason) => reject(died(reason)),
  );
  try {
    return await promise;
  } catch (error) {
    worker.terminate();
    throw error;
  }
}
