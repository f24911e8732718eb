import { type Alert, TASK_STATES } from "../../core/mod.ts";

/**
 * Where to look at what an alert is about: tasks, a pool or all of them; null where no page has it,
 * as of the server's memory, or no longer, as of a pool that is gone.
 */
export function placeOfAlert(
  { metric, labels }: Pick<Alert, "metric" | "labels">,
  hasPool: (id: string) => boolean,
): string | null {
  const poolId = labels["pool_id"];
  if (poolId !== undefined && !hasPool(poolId)) return null;
  const state = TASK_STATES.find((one) => one === labels["state"]);
  const tasks = (states: string) =>
    `/tasks?q=${encodeURIComponent(`state:${states}${poolId ? ` pool:${poolId}` : ""}`)}`;
  switch (metric) {
    case "lido_tasks_total":
    case "lido_tasks_timed_out_total":
      return tasks(state ?? "failed");
    case "lido_tasks":
    case "lido_server_tasks":
    case "lido_queue_used_ratio":
      return tasks(state ?? "pending");
    case "lido_pools":
      return "/pools";
    default:
      return poolId === undefined ? null : `/pools/${poolId}`;
  }
}
