import { POOL_THREADS_MAX } from "../model/pool.ts";

/**
 * The shape of a pool's stats block: the most slots and lanes that settings allow, so that a resize
 * never moves it. Memory that no slot has written is not resident.
 */
export const POOL_SHAPE = { slots: POOL_THREADS_MAX, lanes: 64 } as const;
