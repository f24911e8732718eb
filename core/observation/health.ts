import type { PoolSnapshot } from "../model/pool.ts";
import type { Health, HealthAlert, SystemStats } from "../model/system.ts";

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
}

/** Judges a server by what can be seen of it: each thing that is wrong, and what to do. */
export function healthOf({ pools, stats, isClosing, journalFailure }: HealthFacts): Health {
  const alerts = [
    ...(isClosing ? [critical("The server is shutting down")] : []),
    ...(journalFailure === undefined ? [] : [critical(
      `${journalFailure.message}; submits are refused until the disk of the data folder takes ` +
        "writes again",
    )]),
    ...pools.flatMap(alertsOfPool),
    ...alertsOfTotals(stats),
  ];
  return { isHealthy: alerts.every(({ level }) => level !== "critical"), alerts, stats };
}

function alertsOfPool({ settings, counts, zombies, startProblem }: PoolHealthFacts): HealthAlert[] {
  const { name, queueCapacity } = settings;
  const alerts: HealthAlert[] = [];
  if (startProblem !== null) alerts.push(critical(`Pool ${name}: ${startProblem}`));
  if (zombies > 0) {
    alerts.push(critical(
      `Pool ${name} has ${zombies} zombie threads: their code cannot be ended; restart the server, ` +
        "and run such tasks in isolation process",
    ));
  }
  if (counts.pending > queueCapacity * QUEUE_SHARE_MAX) {
    alerts.push(warning(
      `Pool ${name}: ${counts.pending} of ${queueCapacity} places in the queue are taken; add threads`,
    ));
  }
  return alerts;
}

function alertsOfTotals({ pools, counts, memoryBytes }: SystemStats): HealthAlert[] {
  const alerts: HealthAlert[] = [];
  if (pools > POOLS_MAX) alerts.push(warning(`${pools} pools are open; close those not in use`));
  if (counts.pending > PENDING_MAX) alerts.push(warning(`${counts.pending} tasks wait`));
  if (memoryBytes > MEMORY_MAX_BYTES) {
    alerts.push(warning(`The server uses ${Math.round(memoryBytes / 1024 / 1024)} MiB of memory`));
  }
  return alerts;
}

function critical(message: string): HealthAlert {
  return { level: "critical", message };
}

function warning(message: string): HealthAlert {
  return { level: "warning", message };
}
