/** What part of the threads' time a task type took. */

/** Windows that can be asked for, in seconds. */
export const SHARE_WINDOWS_S = [5, 30, 300] as const;
/** One of {@link SHARE_WINDOWS_S}. */
export type ShareWindowS = typeof SHARE_WINDOWS_S[number];

/** One type, within a window. */
export interface TypeShare {
  readonly type: string;
  /** Attempts that ended, by what they came to. */
  readonly done: number;
  readonly failed: number;
  readonly cancelled: number;
  /** Thread time, that of attempts which still run included. */
  readonly runMs: number;
  /** Of the time of all types, from 0 to 1. */
  readonly share: number;
}

/** All types that anything was done of, those that took most first. */
export interface TypeShares {
  /** How far back it goes: less than the window while the server is young. */
  readonly coveredMs: number;
  readonly types: readonly TypeShare[];
}
