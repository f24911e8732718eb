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

/** Work and rest: the index takes at most about a third of a core. */
const WORK_MS = 10;
const REST_MS = 20;

const host = hostPort<ToTextIndex, FromTextIndex>();
let store: TextStore | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;

function answer(message: FromTextIndex): void {
  host.postMessage(message);
}

function work(): void {
  timer = undefined;
  const untilMs = performance.now() + WORK_MS;
  try {
    while (store?.step()) {
      if (performance.now() < untilMs) continue;
      timer = setTimeout(work, REST_MS);
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
      timer ??= setTimeout(work, 0);
      return;
    case "close":
      clearTimeout(timer);
      store?.[Symbol.dispose]();
      store = undefined;
      answer({ kind: "closed" });
  }
};
