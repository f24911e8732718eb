/** The thread that keeps the text index: works in small steps, and rests in between. */
import { type ErrorCode, LidoError } from "../../../model/errors.ts";
import { hostPort } from "./host_port.ts";
import { isDamage } from "./open_error.ts";
import { anewError, TextStore } from "./text_store.ts";

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

/** Work, and the rest after it: while tasks come in, the index takes a tenth of a core at most. */
const WORK_MS = 5;
const REST_MS = 5;
const BUSY_REST_MS = 45;
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
  const nowMs = performance.now();
  const untilMs = nowMs + WORK_MS;
  const restMs = nowMs - newsAtMs < BUSY_MS ? BUSY_REST_MS : REST_MS;
  try {
    store ??= new TextStore(paths.journalPath, paths.searchPath);
    while (store.step()) {
      if (performance.now() < untilMs) continue;
      timer = setTimeout(work, restMs);
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
  const reason = error instanceof Error ? error.message : String(error);
  return isDamage(error)
    ? { code: "journal_corrupt", message: `Cannot read journal: ${reason}` }
    : { code: "journal_unavailable", message: `Cannot bring the text index up to date: ${reason}` };
}

host.onmessage = ({ data }) => {
  switch (data.kind) {
    case "open":
      paths = data;
      return;
    case "poke":
      newsAtMs = performance.now();
      timer ??= setTimeout(work, 0);
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
