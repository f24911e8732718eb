/** While the disk takes no writes, alerts fire all the same, and are on record once it does. */
import { ok, strictEqual } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { NOTHING, submit } from "../helpers/answers_of_submits.ts";
import { report } from "../helpers/report.ts";
import { ServerProcess } from "../helpers/server_process.ts";
import { until } from "../helpers/until.ts";
import { HAS_PRLIMIT, PRLIMIT_MISSING, UnwritableDisk } from "../helpers/unwritable_disk.ts";

const TASKS = fileURLToPath(new URL("../fixtures/outside_tasks", import.meta.url));

interface WireAlert {
  readonly alert_id: string;
  readonly rule: string;
  readonly state: string;
}

const ignore = !HAS_PRLIMIT;
if (ignore) report(`Alerts of a disk that turns unwritable are not tested: ${PRLIMIT_MISSING}`);

Deno.test({
  name: "an alert tells that the journal takes no writes, and is on record once it does",
  ignore,
  async fn() {
    await using server = await ServerProcess.start({ tasks: TASKS, ...UnwritableDisk.VIA });
    const { pool_id: poolId } = await server.openPool({ name: "pool" });
    const find = async (path: string) =>
      (await server.call<readonly WireAlert[]>("GET", path)).find(({ rule }) => rule === "journal");
    await server.call("PUT", "/api/alerts/rules/journal", { keep_firing_ms: 0 });
    let id: string | undefined;
    {
      await using _disk = await UnwritableDisk.below(server.pid);
      strictEqual((await submit(server, poolId, NOTHING)).status, 503);
      await until(
        "it fires",
        async () => (id = (await find("/api/alerts"))?.alert_id) !== undefined,
      );
    }
    await until("it recovered", async () => await find("/api/alerts") === undefined);
    const kept = await find("/api/alerts?state=all");
    ok(kept !== undefined);
    strictEqual(`${kept.alert_id} ${kept.state}`, `${id} recovered`);
  },
});
