import type { Alert } from "../model/alert.ts";
import type { PoolSnapshot } from "../model/pool.ts";
import type { Health, HealthAlert, HealthAlertKind, SystemStats } from "../model/system.ts";

/** A queue this full is worth a warning. */
const QUEUE_SHARE_MAX = 0.8;
/** The seed's own three thresholds. */
const POOLS_MAX = 100;
const PENDING_MAX = 1_000;
const MEMORY_MAX_BYTES = 500 * 1024 * 1024;

/** What a pool's health is judged by. */
export type PoolHealthFacts = Pick<
  PoolSnapshot,
  "settings" | "counts" | "zombies" | "startProblem"
>;

/** What health is judged by. */
export interface HealthFacts {
  readonly pools: readonly PoolHealthFacts[];
  readonly stats: SystemStats;
  readonly isClosing: boolean;
  /** Why the journal takes nothing now; undefined when it does. */
  readonly journalFailure: Error | undefined;
  /** Whether a read found the journal damaged. */
  readonly isJournalDamaged: boolean;
  /** Alerts that fire. */
  readonly firing: readonly Alert[];
}

/**
 * Judges a server by what can be seen of it: each thing that is wrong, and what to do. Alerts that
 * fire are told of, too, where they say more; but a rule that somebody made takes no server out of use.
 */
export function healthOf(facts: HealthFacts): Health {
  const { pools, stats, isClosing, journalFailure, isJournalDamaged } = facts;
  const alerts = [
    ...(isClosing ? [alert("closing", "critical", "The server is shutting down")] : []),
    ...(journalFailure === undefined ? [] : [alert(
      "journal",
      "critical",
      `${journalFailure.message}; submits are refused until the disk of the data folder takes ` +
        "writes again",
      { reason: journalFailure.message },
    )]),
    ...(isJournalDamaged
      ? [alert(
        "damage",
        "critical",
        "A read found the journal damaged, as the log tells; `deno task doctor` tells more, " +
          "`deno task restore` puts a backup in its place",
      )]
      : []),
    ...pools.flatMap(alertsOfPool),
    ...alertsOfTotals(stats),
  ];
  return {
    isHealthy: alerts.every(({ level }) => level !== "critical"),
    alerts: [...alerts, ...facts.firing.filter(isNews(alerts)).map(alertOfRule)],
    stats,
  };
}

/** Whether what an alert says is not said already: rules for what health judges bear its names. */
function isNews(said: readonly HealthAlert[]): (alert: Alert) => boolean {
  return ({ severity, rule, poolName }) =>
    severity !== "info" &&
    !said.some((one) => one.kind === rule && one.poolName === poolName);
}

function alertOfRule({ severity, text, poolName }: Alert): HealthAlert {
  const level = severity === "critical" ? "critical" : "warning";
  return alert("rule", level, text, { poolName, reason: text });
}

function alertsOfPool({ settings, counts, zombies, startProblem }: PoolHealthFacts): HealthAlert[] {
  const { name: poolName, queueCapacity } = settings;
  const alerts: HealthAlert[] = [];
  if (startProblem !== null) {
    const text = `Pool ${poolName}: ${startProblem}`;
    alerts.push(alert("no_threads", "critical", text, { poolName, reason: startProblem }));
  }
  if (zombies > 0) {
    alerts.push(alert(
      "zombies",
      "critical",
      `Pool ${poolName} has zombie threads (${zombies}): their code cannot be ended; restart the ` +
        "server, and run such tasks in isolation process",
      { poolName, count: zombies },
    ));
  }
  if (counts.pending > queueCapacity * QUEUE_SHARE_MAX) {
    alerts.push(alert(
      "queue_filling",
      "warning",
      `Pool ${poolName}: ${counts.pending} of ${queueCapacity} places in the queue are taken; add ` +
        "threads",
      { poolName, count: counts.pending },
    ));
  }
  return alerts;
}

function alertsOfTotals({ pools, counts, memoryBytes }: SystemStats): HealthAlert[] {
  const alerts: HealthAlert[] = [];
  if (pools > POOLS_MAX) {
    const text = `${pools} pools are open; close those not in use`;
    alerts.push(alert("many_pools", "warning", text, { count: pools }));
  }
  if (counts.pending > PENDING_MAX) {
    const text = `${counts.pending} tasks wait`;
    alerts.push(alert("many_pending", "warning", text, { count: counts.pending }));
  }
  if (memoryBytes > MEMORY_MAX_BYTES) {
    const count = Math.round(memoryBytes / 1024 / 1024);
    const text = `The server uses ${count} MiB of memory`;
    alerts.push(alert("much_memory", "warning", text, { count }));
  }
  return alerts;
}

function alert(
  kind: HealthAlertKind,
  level: HealthAlert["level"],
  message: string,
  facts: Partial<Pick<HealthAlert, "poolName" | "count" | "reason">> = {},
): HealthAlert {
  return { kind, level, message, poolName: null, count: 0, reason: null, ...facts };
}
