/**
 * A real Prometheus scrapes a real server: what it knows agrees with the API, and each rule and each
 * query of the dashboard that `deploy/` has gives data. Where Prometheus is missing, the tests are
 * ignored and say how to get it.
 */
import { deepStrictEqual, ok } from "node:assert/strict";
import { join } from "node:path";
import { parse } from "yaml";
import { Config, Manager } from "../../core/mod.ts";
import { PROJECT_FOLDER } from "../helpers/import_graph.ts";
import { HAS_PROMETHEUS, Prometheus, PROMETHEUS_MISSING, promtool } from "../helpers/prometheus.ts";
import { report } from "../helpers/report.ts";
import { serveManager } from "../helpers/serve_manager.ts";
import { until, untilNoneIsLeft } from "../helpers/until.ts";

const TASKS = 100_000;
const BATCH = 10_000;
/** Of each batch. */
const FAILING = 1_000;
const RULES = join(PROJECT_FOLDER, "deploy/prometheus/rules.yml");
const DASHBOARD = join(PROJECT_FOLDER, "deploy/grafana/lido.json");

if (!HAS_PROMETHEUS) report(`Metrics are not scraped: ${PROMETHEUS_MISSING}`);

/** What each rule compares, without its threshold. */
async function ruleQueries(): Promise<readonly string[]> {
  const { groups } = parse(await Deno.readTextFile(RULES)) as {
    groups: readonly { rules: readonly { expr: string }[] }[];
  };
  return groups.flatMap(({ rules }) => rules.map(({ expr }) => expr.replace(/ [<>] [\d.]+$/, "")));
}

/** The queries of all panels, as Grafana would put them. */
async function dashboardQueries(): Promise<readonly string[]> {
  const { panels } = JSON.parse(await Deno.readTextFile(DASHBOARD)) as {
    panels: readonly { targets?: readonly { expr: string }[] }[];
  };
  return panels.flatMap(({ targets = [] }) =>
    targets.map(({ expr }) => expr.replaceAll("$pool", ".*").replaceAll("$__rate_interval", "1m"))
  );
}

async function runTasks(manager: Manager): Promise<void> {
  const { id: poolId } = await manager.createPool({
    name: 'a "pool"',
    isolation: "thread",
    queueCapacity: TASKS,
  });
  const task = { poolId, priority: 0, tags: [] };
  for (let at = 0; at < TASKS; at += BATCH) {
    await manager.submitBatch(Array.from({ length: BATCH }, (_, one) => ({
      ...task,
      type: one < FAILING ? "fail" : "echo",
      input: one < FAILING ? {} : null,
    })));
  }
  await untilNoneIsLeft("tasks have not ended", () => {
    const { completed, failed } = manager.getStats().counts;
    return TASKS - completed - failed;
  });
}

Deno.test({
  name: `Prometheus agrees with the API after ${TASKS} tasks, and rules and dashboard find data`,
  ignore: !HAS_PROMETHEUS,
  async fn() {
    const data = await Deno.makeTempDir({ prefix: "lido-prometheus-data-" });
    const tasks = join(PROJECT_FOLDER, "tests/fixtures/gate_tasks");
    {
      await using manager = await Manager.start({ config: Config.parse({ data, tasks }) });
      const { server, errors } = serveManager(manager);
      await using prometheus = await Prometheus.start(new URL(server.url).host);
      await until("it was scraped", async () => (await prometheus.query("lido_pools")).length > 0);
      await runTasks(manager);

      const { counts } = manager.getStats();
      const isKnown = async () => {
        const samples = await prometheus.query("lido_server_tasks_total");
        return samples.reduce((sum, { value }) => sum + value, 0) === TASKS;
      };
      await until("Prometheus knows of all", isKnown);
      const byState = async (metric: string) =>
        Object.fromEntries(
          (await prometheus.query(metric)).map((
            { metric: { state = "" }, value },
          ) => [state, value]),
        );
      const ended = { completed: counts.completed, failed: counts.failed, cancelled: 0 };
      deepStrictEqual(await byState("lido_server_tasks_total"), ended);
      deepStrictEqual(await byState('lido_tasks_total{pool="a \\"pool\\""}'), ended);
      const response = await fetch(`${server.url}api/stats`);
      deepStrictEqual((await response.json()).data.completed_tasks, ended.completed);
      const [runs] = await prometheus.query('lido_task_run_seconds_count{pool="a \\"pool\\""}');
      deepStrictEqual(runs?.value, TASKS);

      for (const query of [...await ruleQueries(), ...await dashboardQueries()]) {
        await until(`${query} gives data`, async () => (await prometheus.query(query)).length > 0);
      }
      await promtool(["check", "metrics"], await (await fetch(`${server.url}metrics`)).text());
      await server.shutdown({ graceMs: 5_000 });
      deepStrictEqual(errors, []);
    }
    await Deno.remove(data, { recursive: true });
  },
});

Deno.test({
  name: "promtool is content with the rules and the settings that are shipped",
  ignore: !HAS_PROMETHEUS,
  async fn() {
    await promtool(["check", "rules", RULES]);
    await promtool(["check", "config", join(PROJECT_FOLDER, "deploy/prometheus/prometheus.yml")]);
  },
});

Deno.test("The dashboard and the rules have a panel and a rule for something", async () => {
  ok((await ruleQueries()).length >= 16);
  ok((await dashboardQueries()).length >= 30);
});
