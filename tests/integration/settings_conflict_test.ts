/** Two operators who change one pool do not overwrite each other, nor what is on record. */
import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { Config, Manager, type PoolId } from "../../core/mod.ts";
import { managedApp } from "../helpers/managed_app.ts";
import { startServer } from "../helpers/start_server.ts";

Deno.test("A change with the tag of an older version is refused, and says which holds", async () => {
  await using app = await managedApp();
  const created = await app.ask("POST", "/api/pools", { name: "mine", max_workers: 2 });
  const { data: { pool_id } } = created.body as { data: { pool_id: string } };
  const path = `/api/pools/${pool_id}`;
  const tags = [created, await app.ask("GET", path)].map(({ headers }) => headers.get("etag"));
  deepStrictEqual(tags, ['"1"', '"1"']);

  const first = await app.ask("PATCH", path, { max_workers: 3 }, { "if-match": '"1"' });
  deepStrictEqual([first.status, first.headers.get("etag")], [200, '"2"']);
  for (
    const [method, to, body, tag] of [
      ["PATCH", path, { max_workers: 4 }, '"1"'],
      ["PATCH", path, { max_workers: 4 }, 'W/"2"'],
      ["PUT", `${path}/resize`, { max_workers: 4 }, '"1", "3"'],
    ] as const
  ) {
    const { status, body: answer } = await app.ask(method, to, body, { "if-match": tag });
    const { code, error, details } = answer as Record<string, unknown>;
    deepStrictEqual([status, code, details], [412, "version_conflict", { settings_version: 2 }]);
    match(String(error), /version 2/);
  }
  // One of several is enough; `*` and no tag at all mean any version.
  for (const [at, tag] of ['"1", "2"', "*", undefined].entries()) {
    const headers = tag === undefined ? {} : { "if-match": tag };
    const size = { max_workers: 5 + at };
    const { status } = await app.ask("PUT", `${path}/resize`, size, headers);
    strictEqual(status, 200, tag);
  }
  const bad = await app.ask("PATCH", path, { max_workers: 4 }, { "if-match": "2" });
  deepStrictEqual([bad.status, (bad.body as { code: string }).code], [422, "invalid_input"]);
  const { body } = await app.ask("GET", path);
  strictEqual((body as { data: { max_workers: number } }).data.max_workers, 7);
});

Deno.test("A change to what holds already makes no version, and an older tag is refused all the same", async () => {
  await using app = await managedApp();
  const { body } = await app.ask("POST", "/api/pools", { name: "mine", max_workers: 5 });
  const path = `/api/pools/${(body as { data: { pool_id: string } }).data.pool_id}`;
  const same = { max_workers: 5 };
  const answers = [
    await app.ask("PATCH", path, { ...same, reason: "to be sure" }),
    await app.ask("PUT", `${path}/resize`, same, { "if-match": '"1"' }),
    await app.ask("POST", `${path}/revert`, { version: 1 }),
    await app.ask("PATCH", path, same, { "if-match": '"2"' }),
  ];
  deepStrictEqual(answers.map(({ status }) => status), [200, 200, 200, 412]);
  const { body: versions } = await app.ask("GET", `${path}/settings`);
  strictEqual((versions as { data: unknown[] }).data.length, 1);
});

Deno.test("A tag that came with an answer to a client that takes compressed ones is good for a change", async () => {
  await using server = await startServer();
  const [pool] = await server.ask<{ pool_id: string }[]>("GET", "/api/pools");
  const path = `/api/pools/${pool?.pool_id}`;
  const headers = { "accept-encoding": "gzip" };
  const tag = (await server.call("GET", path, { headers })).headers.get("etag") ?? "none";
  for (const status of [200, 412]) {
    const change = { body: { max_workers: 3 }, headers: { ...headers, "if-match": tag } };
    strictEqual((await server.call("PATCH", path, change)).status, status, tag);
  }
});

Deno.test("Changes that come at once follow each other, and a pause between them keeps them all", async () => {
  const data = await Deno.makeTempDir({ prefix: "lido-conflict-" });
  try {
    let id: PoolId;
    {
      await using manager = await Manager.start({ config: Config.parse({ data }) });
      ({ id } = await manager.createPool({ name: "mine", maxThreads: 4 }));
      await Promise.all([
        manager.changePool(id, { maxThreads: 6 }),
        manager.pausePool(id),
        manager.changePool(id, { queueCapacity: 77 }),
        manager.resizePool(id, { maxThreads: 5 }),
      ]);
      const { settings, settingsVersion } = manager.getPool(id);
      deepStrictEqual([settings.maxThreads, settings.queueCapacity, settingsVersion], [5, 77, 4]);
      const versions = await manager.listSettingsVersions(id);
      deepStrictEqual(versions.map((one) => [one.version, one.settings.maxThreads]), [
        [4, 5],
        [3, 6],
        [2, 6],
        [1, 4],
      ]);
    }
    await using again = await Manager.start({ config: Config.parse({ data }) });
    const { settings, settingsVersion, state } = again.getPool(id);
    deepStrictEqual([settings.maxThreads, settings.queueCapacity, settingsVersion, state], [
      5,
      77,
      4,
      "paused",
    ]);
  } finally {
    await Deno.remove(data, { recursive: true });
  }
});
