/** The thread that keeps the text index: works in small steps, and rests in between. */
import { type ErrorCode, LidoError, messageOf } from "../../../model/errors.ts";
import { hostPort } from "./host_port.ts";
import { isDamage } from "./open_error.ts";
import { anewError, TextStore } from "./text_store.ts";
import { giveWay } from "./thread_priority.ts";

/** What the thread is told. */
export type ToTextIndex =
  | {
    readonly kind: "open";
    readonly journalPath: string;
    readonly searchPath: string;
  }
  | { readonly kind: "poke" }
  /** A search found it damaged. */
  | { readonly kind: "renew"; readonly reason: string }
  | { readonly kind: "close" };

/** What it answers; what failed is tried again. */
export type FromTextIndex =
  | { readonly kind: "idle" | "closed" }
  | { readonly kind: "failed"; readonly code: ErrorCode; readonly message: string };

/** What comes in so long is looked at together, and not while it is submitted. */
const GATHER_MS = 100;
/** Work goes on for so long, or for one step. */
const WORK_MS = 5;
/** The rest after it, in times of the work: the index takes half a core, a tenth while tasks come in. */
const REST = 1;
const BUSY_REST = 9;
/** A disk that stalled makes no longer rest. */
const REST_MAX_MS = 500;
/** It is busy for so long after something came in. */
const BUSY_MS = 500;
/** Between two tries of what failed. */
const RETRY_MS = 1_000;

const host = hostPort<ToTextIndex, FromTextIndex>();
let paths = { journalPath: "", searchPath: "" };
let store: TextStore | undefined;
let newsAtMs = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

function answer(message: FromTextIndex): void {
  host.postMessage(message);
}

function work(): void {
  timer = undefined;
  const beganMs = performance.now();
  const rest = beganMs - newsAtMs < BUSY_MS ? BUSY_REST : REST;
  try {
    store ??= new TextStore(paths.journalPath, paths.searchPath);
    while (store.step()) {
      const workedMs = performance.now() - beganMs;
      if (workedMs < WORK_MS) continue;
      timer = setTimeout(work, Math.min(REST_MAX_MS, rest * workedMs));
      return;
    }
    answer({ kind: "idle" });
  } catch (error) {
    // Searches look at the rows meanwhile.
    timer = setTimeout(work, RETRY_MS);
    fail(error);
  }
}

function fail(error: unknown): void {
  const { code, message } = reasonOf(error);
  answer({ kind: "failed", code, message });
}

/** Damage of the index itself is no damage of the journal: see `TextStore`. */
function reasonOf(error: unknown): { readonly code: ErrorCode; readonly message: string } {
  if (error instanceof LidoError) return error;
  const reason = messageOf(error);
  return isDamage(error)
    ? { code: "journal_corrupt", message: `Cannot read journal: ${reason}` }
    : { code: "journal_unavailable", message: `Cannot bring the text index up to date: ${reason}` };
}

giveWay();
host.onmessage = ({ data }) => {
  switch (data.kind) {
    case "open":
      paths = data;
      return;
    case "poke":
      newsAtMs = performance.now();
      timer ??= setTimeout(work, GATHER_MS);
      return;
    case "renew":
      try {
        store?.renew();
        fail(anewError(paths.searchPath, data.reason));
      } catch (error) {
        fail(error);
      }
      timer ??= setTimeout(work, RETRY_MS);
      return;
    case "close":
      clearTimeout(timer);
      try {
        store?.[Symbol.dispose]();
      } finally {
        answer({ kind: "closed" });
      }
  }
};
