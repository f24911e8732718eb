/** What a key does: to what is shown, or to the server. */
import type { TerminalSize } from "../world.ts";
import { AT_FIRST, moveBy } from "./cursor.ts";
import {
  heightsOf,
  poolKeys,
  selectedPool,
  settle,
  shownThreads,
  threadKeys,
  type TopState,
} from "./state.ts";

/** What a key asks of the server. */
export type Action =
  | { readonly kind: "pause" | "resume"; readonly poolId: string }
  | { readonly kind: "resize"; readonly poolId: string; readonly by: 1 | -1 }
  | { readonly kind: "stop"; readonly taskId: string; readonly name: string };

/** What follows a key. */
export interface Pressed {
  readonly state: TopState;
  readonly action?: Action | undefined;
  readonly isEnd?: boolean;
}

/** Rows to move by; a page is as many as are seen. */
const MOVES = new Map<string, number | "page" | "back" | "first" | "last">([
  ["up", -1],
  ["k", -1],
  ["down", 1],
  ["j", 1],
  ["page up", "back"],
  ["page down", "page"],
  ["home", "first"],
  ["end", "last"],
]);

/** See the head of this file. */
export function press(before: TopState, key: string, size: TerminalSize): Pressed {
  const state = { ...before, note: null };
  if (key === "ctrl c") return { state, isEnd: true };
  if (state.question !== null) {
    const { question } = state;
    const rest = { ...state, question: null };
    return key === "y"
      ? { state: rest, action: { kind: "stop", ...question } }
      : { state: { ...rest, note: "Nothing was stopped" } };
  }
  if (state.isHelp) return { state: { ...state, isHelp: false } };
  if (key === "q") return { state, isEnd: true };
  if (key === "?") return { state: { ...state, isHelp: true } };
  if (key === "tab") {
    return { state: { ...state, focus: state.focus === "pools" ? "threads" : "pools" } };
  }
  if (key === "p" || key === "+" || key === "-") return steer(state, key);
  if (key === "s") return { state: askToStop(state) };
  const move = MOVES.get(key);
  return { state: move === undefined ? state : moved(state, move, size) };
}

function steer(state: TopState, key: "p" | "+" | "-"): Pressed {
  const pool = selectedPool(state);
  if (pool === undefined) return { state };
  const { pool_id: poolId, status } = pool;
  if (key !== "p") return { state, action: { kind: "resize", poolId, by: key === "+" ? 1 : -1 } };
  if (status === "running") return { state, action: { kind: "pause", poolId } };
  if (status === "paused") return { state, action: { kind: "resume", poolId } };
  return { state: { ...state, note: `Cannot pause ${pool.name}: it is ${status}` } };
}

function askToStop(state: TopState): TopState {
  const task = shownThreads(state)[state.threads.at]?.task;
  if (task === undefined) {
    return { ...state, note: "Cannot stop: the selected thread runs no task" };
  }
  return { ...state, question: { taskId: task.task_id, name: task.name } };
}

function moved(
  state: TopState,
  move: number | "page" | "back" | "first" | "last",
  size: TerminalSize,
): TopState {
  const list = state.focus;
  const keys = list === "pools" ? poolKeys(state) : threadKeys(state);
  const height = heightsOf(state, size)[list];
  const page = Math.max(1, height);
  const by = { page, back: -page, first: -keys.length, last: keys.length };
  const cursor = moveBy(state[list], keys, height, typeof move === "number" ? move : by[move]);
  const isSame = list === "threads" || cursor.key === state.pools.key;
  return settle({
    ...state,
    [list]: cursor,
    // Another pool has other threads.
    ...isSame ? {} : { threads: AT_FIRST },
  }, size);
}
