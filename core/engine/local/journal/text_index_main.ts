/** The thread that keeps the text index: works in small steps, and rests in between. */
import { TextStore } from "./text_store.ts";
import { hostPort } from "./host_port.ts";

/** What the thread is told. */
export type ToTextIndex =
  | {
    readonly kind: "open";
    readonly journalPath: string;
    readonly searchPath: string;
  }
  | { readonly kind: "poke" }
  | { readonly kind: "close" };

/** What it answers. */
export type FromTextIndex = { readonly kind: "idle" | "closed" };

/** Work, and the rest after it: while tasks come in, the index takes a tenth of a core at most. */
const WORK_MS = 5;
const REST_MS = 5;
const BUSY_REST_MS = 45;
/** It is busy for so long after something came in. */
const BUSY_MS = 500;

const host = hostPort<ToTextIndex, FromTextIndex>();
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
    while (store?.step()) {
      if (performance.now() < untilMs) continue;
      timer = setTimeout(work, restMs);
      return;
    }
    answer({ kind: "idle" });
  } catch {
    // Locked, or the disk is full: searches look at the rows meanwhile.
    timer = setTimeout(work, 1_000);
  }
}

host.onmessage = ({ data }) => {
  switch (data.kind) {
    case "open":
      store = new TextStore(data.journalPath, data.searchPath);
      return;
    case "poke":
      newsAtMs = performance.now();
      timer ??= setTimeout(work, 0);
      return;
    case "close":
      clearTimeout(timer);
      store?.[Symbol.dispose]();
      store = undefined;
      answer({ kind: "closed" });
  }
};
