/** Lido's configuration: one schema; where the values come from is `cli/load_config.ts`' matter. */
import { z } from "zod";

/** Every setting of a server, named as in the YAML file but in camelCase. */
export const Config = z.strictObject({
  host: z.string().min(1).default("127.0.0.1").meta({ description: "Where to listen" }),
  port: z.int().min(0).max(65_535).default(8000).meta({ description: "0 picks a free one" }),
  data: z.string().min(1).default("./data")
    .meta({ description: "Folder of the journal; :memory: keeps nothing" }),
  tasks: z.string().min(1).nullable().default(null)
    .meta({ description: "Folder of the user's task files (*.task.ts)" }),
  logLevel: z.enum(["debug", "info", "warning", "error"]).default("info")
    .meta({ description: "The least level that is logged" }),
  logFile: z.string().min(1).nullable().default(null)
    .meta({ description: "JSON lines go to this file; to standard error if left out" }),
  log: z.strictObject({
    maxSize: z.int().min(10_000).default(100 * 1024 * 1024)
      .meta({ description: "Bytes after which the log file rotates" }),
    backupCount: z.int().min(1).max(100).default(5)
      .meta({ description: "Rotated log files that are kept" }),
  }).prefault({}),
  limits: z.strictObject({
    pools: z.int().min(1).max(100_000).default(10_000)
      .meta({ description: "Open pools at the most" }),
    processes: z.int().min(1).max(10_000).default(128)
      .meta({ description: "Child processes at the most, over all pools" }),
    threads: z.int().min(1).max(1_000).default(128)
      .meta({ description: "Web Workers in the server at the most, over all pools" }),
    zombies: z.int().min(0).max(1_000).default(16)
      .meta({ description: "Threads that could not be stopped, after which no new one is opened" }),
    connections: z.int().min(16).max(100_000).nullable().default(null)
      .meta({
        description:
          "Connections at the most; if left out a quarter of the descriptors, 4,096 at the most",
      }),
    metricPools: z.int().min(0).max(1_000).default(100)
      .meta({ description: "Pools with metrics of their own: the oldest; totals tell of all" }),
    describeMs: z.int().min(100).max(60_000).default(5_000)
      .meta({ description: "How long importing one task file may take" }),
  }).prefault({}),
  journal: z.strictObject({
    maxTaskHistory: z.int().min(0).max(100_000_000).default(1_000_000)
      .meta({ description: "Ended tasks that are kept on record, over all pools" }),
    maxTaskAgeMs: z.int().min(1_000).max(10 * 365 * 86_400_000).nullable().default(null)
      .meta({ description: "How long ended tasks are kept; null: as long as there is room" }),
  }).prefault({}),
  alerts: z.strictObject({
    allowPrivateTargets: z.boolean().default(false)
      .meta({ description: "Alerts may be sent to loopback and private addresses, too" }),
  }).prefault({}),
  shutdownMs: z.int().min(0).max(3_600_000).default(10_000)
    .meta({ description: "How long running tasks may go on when the server is asked to end" }),
}).meta({ id: "Config" });
/** Every setting of a server, defaults filled in. */
export type Config = z.infer<typeof Config>;
