import type { Child } from "hono/jsx";
import type { AlertSeverity, TaskState } from "../../core/mod.ts";
import { useLanguage } from "../context.ts";
import { Icon, type IconName } from "./icon.tsx";

/** A task's state as it is shown: a running one may be stopping, a failed one timed out. */
export type ShownState = TaskState | "stopping" | "timedOut" | "zombie";

const STATE_LOOK: Readonly<Record<ShownState, readonly [string, IconName]>> = {
  blocked: ["secondary", "hourglass"],
  scheduled: ["secondary", "clock"],
  pending: ["azure", "hourglass"],
  running: ["blue", "player-play"],
  stopping: ["orange", "player-stop"],
  completed: ["green", "circle-check"],
  failed: ["red", "circle-x"],
  timedOut: ["red", "clock"],
  cancelled: ["secondary", "ban"],
  zombie: ["red", "skull"],
};

/** A task's state, by a word, a picture and a colour. */
export function StateBadge({ state }: { readonly state: ShownState }): Child {
  const { t } = useLanguage();
  const [colour, icon] = STATE_LOOK[state];
  return (
    <span class={`badge bg-${colour}-lt`}>
      <Icon name={icon} />
      {t.state[state]}
    </span>
  );
}

const POOL_LOOK = {
  running: ["green", "player-play"],
  paused: ["yellow", "player-pause"],
  draining: ["orange", "hourglass"],
  closed: ["secondary", "ban"],
} as const;

/** A pool's state. */
export function PoolBadge({ state }: { readonly state: keyof typeof POOL_LOOK }): Child {
  const { t } = useLanguage();
  const [colour, icon] = POOL_LOOK[state];
  return (
    <span class={`badge bg-${colour}-lt`}>
      <Icon name={icon} />
      {t.poolState[state]}
    </span>
  );
}

const SEVERITY_LOOK: Readonly<Record<AlertSeverity, readonly [string, IconName]>> = {
  info: ["azure", "bell"],
  warning: ["yellow", "alert-triangle"],
  critical: ["red", "alert-triangle"],
};

/** How bad an alert is. */
export function SeverityBadge({ severity }: { readonly severity: AlertSeverity }): Child {
  const { t } = useLanguage();
  const [colour, icon] = SEVERITY_LOOK[severity];
  return (
    <span class={`badge bg-${colour}-lt`}>
      <Icon name={icon} />
      {t.alertChoice[severity]}
    </span>
  );
}
