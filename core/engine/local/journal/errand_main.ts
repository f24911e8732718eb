/** A thread that does one thing that takes long with a journal in use: looks at it, or copies it. */
import { hostPort } from "./host_port.ts";
import { type Inspection, inspectJournal } from "./inspection.ts";
import { copyJournal } from "./journal_copy.ts";
import { messageOf } from "../../../model/errors.ts";
import { giveWay } from "./thread_priority.ts";

/** What is wanted: a copy where a target is named, else a look. */
export interface Errand {
  readonly path: string;
  readonly target: string | null;
}

/** What it came to. */
export type ErrandOutcome =
  | { readonly kind: "looked"; readonly findings: Inspection["findings"] }
  | { readonly kind: "copied" }
  | { readonly kind: "failed"; readonly message: string };

const host = hostPort<Errand, ErrandOutcome>();

async function run({ path, target }: Errand): Promise<ErrandOutcome> {
  try {
    if (target === null) {
      return { kind: "looked", findings: inspectJournal(path, { isInUse: true }).findings };
    }
    await copyJournal(path, target);
    return { kind: "copied" };
  } catch (error) {
    return { kind: "failed", message: messageOf(error) };
  }
}

giveWay();
host.onmessage = async ({ data }) => host.postMessage(await run(data));
