import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { PoolId, PoolSettings, type PoolSnapshot } from "../../../../core/model/pool.ts";
import type { HealthAlert, SystemStats } from "../../../../core/model/system.ts";
import { type HealthFacts, healthOf } from "../../../../core/observation/health.ts";
import { alertWorld, gaugeOf } from "../../../helpers/memory_alerts.ts";
import { NO_COUNTS } from "../../../helpers/no_counts.ts";

const NO_TIMES = { count: 0, p50: 0, p95: 0, p99: 0, max: 0 };

function poolWith(changes: Partial<PoolSnapshot>): PoolSnapshot {
  return {
    id: PoolId.parse("01890000-0000-7000-8000-000000000001"),
    state: "running",
    createdAtMs: 0,
    settings: PoolSettings.parse({ name: "mine", queueCapacity: 100 }),
    settingsVersion: 1,
    counts: NO_COUNTS,
    slots: [],
    zombies: 0,
    oldestWaitMs: null,
    wait: NO_TIMES,
    run: NO_TIMES,
    startProblem: null,
    ...changes,
  };
}

function statsWith(changes: Partial<SystemStats> = {}): SystemStats {
  return {
    pools: 1,
    counts: NO_COUNTS,
    threads: 0,
    busyThreads: 0,
    zombies: 0,
    oldestWaitMs: null,
    startedAtMs: 0,
    memoryBytes: 0,
    ...changes,
  };
}

/** An alert of which nothing is counted, unless said. */
function alert(
  kind: HealthAlert["kind"],
  level: HealthAlert["level"],
  message: string,
  facts: Partial<HealthAlert> = {},
): HealthAlert {
  return { kind, level, message, poolName: null, count: 0, reason: null, ...facts };
}

function judge(facts: Partial<HealthFacts>) {
  return healthOf({
    pools: [],
    stats: statsWith(),
    isClosing: false,
    journalFailure: undefined,
    isJournalDamaged: false,
    firing: [],
    ...facts,
  });
}

Deno.test("healthOf() has nothing to say when all is well", () => {
  const stats = statsWith();
  deepStrictEqual(judge({ pools: [poolWith({})], stats }), { isHealthy: true, alerts: [], stats });
});

Deno.test("healthOf() is critical when threads cannot start, are zombies, or the server closes", () => {
  const pool = poolWith({ startProblem: "Cannot start thread: no", zombies: 2 });
  const { isHealthy, alerts } = judge({ pools: [pool], isClosing: true });
  strictEqual(isHealthy, false);
  deepStrictEqual(alerts, [
    alert("closing", "critical", "The server is shutting down"),
    alert("no_threads", "critical", "Pool mine: Cannot start thread: no", {
      poolName: "mine",
      reason: "Cannot start thread: no",
    }),
    alert(
      "zombies",
      "critical",
      "Pool mine has zombie threads (2): their code cannot be ended; restart the server, " +
        "and run such tasks in isolation process",
      { poolName: "mine", count: 2 },
    ),
  ]);
});

Deno.test("healthOf() warns above each threshold, and not at it", () => {
  const at = [
    judge({ pools: [poolWith({ counts: { ...NO_COUNTS, pending: 80 } })] }),
    judge({ stats: statsWith({ pools: 100 }) }),
    judge({ stats: statsWith({ counts: { ...NO_COUNTS, pending: 1_000 } }) }),
    judge({ stats: statsWith({ memoryBytes: 500 * 1024 * 1024 }) }),
  ];
  deepStrictEqual(at.map(({ alerts }) => alerts.length), [0, 0, 0, 0]);
  const above = [
    judge({ pools: [poolWith({ counts: { ...NO_COUNTS, pending: 81 } })] }),
    judge({ stats: statsWith({ pools: 101 }) }),
    judge({ stats: statsWith({ counts: { ...NO_COUNTS, pending: 1_001 } }) }),
    judge({ stats: statsWith({ memoryBytes: 501 * 1024 * 1024 }) }),
  ];
  deepStrictEqual(above.map(({ isHealthy, alerts }) => [isHealthy, ...alerts]), [
    [
      true,
      alert(
        "queue_filling",
        "warning",
        "Pool mine: 81 of 100 places in the queue are taken; add threads",
        { poolName: "mine", count: 81 },
      ),
    ],
    [
      true,
      alert("many_pools", "warning", "101 pools are open; close those not in use", { count: 101 }),
    ],
    [true, alert("many_pending", "warning", "1001 tasks wait", { count: 1_001 })],
    [true, alert("much_memory", "warning", "The server uses 501 MiB of memory", { count: 501 })],
  ]);
});

Deno.test("healthOf() is critical while the journal takes nothing, and says why", () => {
  const journalFailure = new Error("Cannot write to the journal: database or disk is full");
  const { isHealthy, alerts } = judge({ journalFailure });
  strictEqual(isHealthy, false);
  deepStrictEqual(alerts, [
    alert(
      "journal",
      "critical",
      "Cannot write to the journal: database or disk is full; submits are refused until " +
        "the disk of the data folder takes writes again",
      { reason: journalFailure.message },
    ),
  ]);
});

Deno.test("healthOf() is critical once a read found the journal damaged", () => {
  const { isHealthy, alerts } = judge({ isJournalDamaged: true });
  strictEqual(isHealthy, false);
  deepStrictEqual(alerts, [
    alert(
      "damage",
      "critical",
      "A read found the journal damaged, as the log tells; `deno task doctor` tells more, " +
        "`deno task restore` puts a backup in its place",
    ),
  ]);
});

Deno.test("healthOf() tells of alerts that fire, but of none twice, and stays well for those", () => {
  const { alerts: { firing } } = alertWorld([
    gaugeOf("lido_pools", 101),
    gaugeOf("lido_journal_up", 0),
  ]);
  const many = "101 pools are open; close those not in use";
  const refuses = "The journal takes no writes: submits are refused";
  const { isHealthy, alerts } = judge({ firing });
  deepStrictEqual([isHealthy, alerts], [true, [
    alert("rule", "critical", refuses, { reason: refuses }),
    alert("rule", "warning", many, { reason: many }),
  ]]);
  const both = judge({ firing, stats: statsWith({ pools: 101 }) });
  deepStrictEqual(both.alerts.map(({ kind, message }) => [kind, message]), [
    ["many_pools", many],
    ["rule", refuses],
  ]);
});
