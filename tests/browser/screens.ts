/** Every screen that there is, with an address of the busy world that shows it. */
import type { BusyWorld } from "./busy_world.ts";

/** One screen. */
export interface Screen {
  readonly name: string;
  readonly path: string;
}

/** See the head of this file. */
export function screensOf({ pools, tasks }: BusyWorld): readonly Screen[] {
  return [
    { name: "overview", path: "/" },
    { name: "pools", path: "/pools" },
    { name: "new-pool", path: "/pools/new" },
    { name: "pool-live", path: `/pools/${pools.busy}` },
    { name: "pool-tasks", path: `/pools/${pools.idle}?tab=tasks` },
    { name: "pool-charts", path: `/pools/${pools.idle}?tab=charts&range=15m` },
    { name: "pool-sizing", path: `/pools/${pools.idle}?tab=sizing` },
    { name: "pool-settings", path: `/pools/${pools.idle}?tab=settings` },
    { name: "pool-permissions", path: `/pools/${pools.idle}?tab=permissions` },
    { name: "pool-history", path: `/pools/${pools.idle}?tab=history` },
    { name: "pool-alerts", path: `/pools/${pools.paused}?tab=alerts` },
    { name: "pool-resize", path: `/pools/${pools.idle}/resize` },
    { name: "pool-force-close", path: `/pools/${pools.paused}/force-close` },
    { name: "tasks", path: "/tasks" },
    { name: "tasks-filtered", path: "/tasks?q=state:failed%20pool:thumbnails" },
    { name: "tasks-wrong", path: "/tasks?q=state:failed%20wait:%3E5m" },
    { name: "tasks-columns", path: "/tasks?col=started&col=slot&col=wait&q=state:failed" },
    { name: "view-save", path: "/tasks/views/new?q=state:failed" },
    { name: "view-remove", path: "/tasks/views/remove?name=Failures&shared=1" },
    { name: "task-running", path: `/tasks/${tasks.running}` },
    { name: "task-failed", path: `/tasks/${tasks.failed}` },
    { name: "task-pending", path: `/tasks/${tasks.pending}` },
    { name: "task-change", path: `/tasks/${tasks.pending}/change` },
    { name: "task-input", path: `/tasks/${tasks.completed}?tab=input` },
    { name: "task-logs", path: `/tasks/${tasks.completed}?tab=logs` },
    { name: "task-long-logs", path: `/tasks/${tasks.chatty}?tab=logs` },
    { name: "task-attempts", path: `/tasks/${tasks.failed}?tab=attempts` },
    { name: "task-events", path: `/tasks/${tasks.completed}?tab=events` },
    { name: "task-raw", path: `/tasks/${tasks.completed}?tab=raw` },
    { name: "submit", path: "/submit?type=crawl" },
    { name: "submit-json", path: "/submit?type=crawl&as=json" },
    { name: "submit-batch", path: "/submit/batch" },
    { name: "types", path: "/types" },
    { name: "type", path: "/types/add?range=15m" },
    { name: "alerts", path: "/alerts" },
    { name: "alert-rules", path: "/alerts?tab=rules" },
    { name: "alert-channels", path: "/alerts?tab=channels" },
    { name: "alert-channel", path: "/alerts/channels/new?kind=email" },
    { name: "alert-history", path: "/alerts?tab=history" },
    { name: "alert-rule", path: "/alerts/rules/edit?name=failures" },
    { name: "api", path: "/api/docs" },
    { name: "not-found", path: "/nowhere" },
  ];
}
