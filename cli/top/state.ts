/** All that `top` shows, and how it changes by what the server says. */
import type { WirePool } from "../client/mod.ts";
import type { TerminalSize } from "../world.ts";
import { AT_FIRST, type Cursor, follow } from "./cursor.ts";
import { type Heights, layOut } from "./layout.ts";
import { type Look, type ThreadRow, threadsOf, type View, viewOf } from "./look.ts";

/** A list that can be moved in. */
export type ListName = "pools" | "threads";

/** A task that somebody may want to end. */
export interface StopQuestion {
  readonly taskId: string;
  readonly name: string;
}

/** See the head of this file. */
export interface TopState {
  readonly url: string;
  readonly view: View;
  /** Why the last look failed, and since when none succeeds; null: it did not. */
  readonly trouble: { readonly text: string; readonly sinceMs: number } | null;
  /** What became of the last thing that was done. */
  readonly note: string | null;
  readonly question: StopQuestion | null;
  readonly isHelp: boolean;
  readonly focus: ListName;
  readonly pools: Cursor;
  readonly threads: Cursor;
}

/** What is shown first. */
export function firstState(url: string, look: Look): TopState {
  return {
    url,
    view: viewOf(look),
    trouble: null,
    note: null,
    question: null,
    isHelp: false,
    focus: "pools",
    pools: AT_FIRST,
    threads: AT_FIRST,
  };
}

/** The server answered. */
export function withLook(state: TopState, look: Look): TopState {
  return { ...state, view: viewOf(look, state.view), trouble: null };
}

/** The server did not answer: what it said before is still shown. */
export function withTrouble(state: TopState, text: string, nowMs: number): TopState {
  return { ...state, trouble: { text, sinceMs: state.trouble?.sinceMs ?? nowMs } };
}

/** A pool was resized: the next step goes on from there, and does not wait for a look. */
export function withSize(state: TopState, poolId: string, maxWorkers: number): TopState {
  const pools = state.view.pools.map((row) =>
    row.pool.pool_id === poolId ? { ...row, pool: { ...row.pool, max_workers: maxWorkers } } : row
  );
  return { ...state, view: { ...state.view, pools } };
}

/** The pool whose threads are shown. */
export function selectedPool({ view, pools }: TopState): WirePool | undefined {
  return view.pools[pools.at]?.pool;
}

/** The threads of the selected pool. */
export function shownThreads(state: TopState): readonly ThreadRow[] {
  const pool = selectedPool(state);
  return pool === undefined ? [] : threadsOf(pool);
}

/** The lines that each list has. */
export function heightsOf(state: TopState, { rows }: TerminalSize): Heights {
  const { view } = state;
  return layOut({
    pools: view.pools.length,
    threads: shownThreads(state).length,
    types: view.types.length,
  }, rows);
}

/** Finds the selected rows again after rows, or the terminal, have changed. */
export function settle(state: TopState, size: TerminalSize): TopState {
  const keys = poolKeys(state);
  // Which pool is selected decides how many lines the lists have.
  const placed = { ...state, pools: follow(state.pools, keys, 1) };
  const heights = heightsOf(placed, size);
  return {
    ...state,
    pools: follow(state.pools, keys, heights.pools),
    threads: follow(state.threads, threadKeys(placed), heights.threads),
  };
}

/** What tells the pools from each other, in their order. */
export function poolKeys({ view }: TopState): readonly string[] {
  return view.pools.map(({ pool }) => pool.pool_id);
}

/** What tells the shown threads from each other, in their order. */
export function threadKeys(state: TopState): readonly string[] {
  return shownThreads(state).map(({ key }) => key);
}
