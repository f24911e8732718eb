/** What `top` asks of a server. */
import { POOL_THREADS_MAX } from "../../core/model/pool.ts";
import type { Clock } from "../../core/model/clock.ts";
import type { LidoClient, WirePool } from "../client/mod.ts";
import type { Look } from "./look.ts";
import type { Action } from "./press.ts";
import { type TopState, withSize } from "./state.ts";

/** Takes one look: two requests, however many pools there are. */
export async function takeLook(client: LidoClient, clock: Clock): Promise<Look> {
  const [pools, health] = await Promise.all([client.listPools(), client.getHealth()]);
  return { atMs: clock.nowMs(), monotonicMs: clock.monotonicMs(), pools, health };
}

/** Does what a key asked for; gives what is shown then, as it was or as the server told. */
export async function act(
  client: LidoClient,
  action: Action,
  read: () => TopState,
): Promise<(state: TopState) => TopState> {
  switch (action.kind) {
    case "pause":
    case "resume": {
      const pool = await client.actOnPool<WirePool>(action.poolId, action.kind);
      const done = action.kind === "pause" ? "Paused" : "Resumed";
      return (state) => ({ ...state, note: `${done} pool ${pool.name}` });
    }
    case "resize": {
      const { poolId, by } = action;
      const row = read().view.pools.find(({ pool }) => pool.pool_id === poolId);
      if (row === undefined) return (state) => ({ ...state, note: "The pool is closed" });
      const wanted = Math.max(1, Math.min(row.pool.max_workers + by, POOL_THREADS_MAX));
      await client.resizePool(poolId, { max_workers: wanted });
      const note = `Pool ${row.pool.name} has ${wanted} threads at the most`;
      return (state) => ({ ...withSize(state, poolId, wanted), note });
    }
    case "stop":
      await client.stopTask(action.taskId);
      return (state) => ({ ...state, note: `Asked to stop: ${action.name}` });
  }
}
