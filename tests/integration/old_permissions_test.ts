/** A pool keeps permissions that are no longer given: all else of it can still be changed. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { PoolSettings } from "../../core/mod.ts";
import { managedApp } from "../helpers/managed_app.ts";
import { storeOldPool } from "../helpers/old_pool.ts";
import { look, readPage } from "../helpers/pages.ts";
import { TempFolder } from "../unit/core/tasks/temp_folder.ts";

const OLD = { read: [], write: [], net: ["*"], env: ["A=B"] };
const NEW = { read: [], write: [], net: ["example.com"], env: [] };

Deno.test("A pool whose permissions are no longer taken is resized, renamed and reverted all the same", async () => {
  ok(!PoolSettings.safeParse({ name: "p", permissions: OLD }).success);
  await using folder = await TempFolder.with();
  const id = await storeOldPool(folder.path, OLD, { maxThreads: 3 });
  await using app = await managedApp({ data: folder.path });
  const path = `/api/pools/${id}`;
  const answers = [
    await app.ask("PUT", `${path}/resize`, { max_workers: 2 }),
    await app.ask("PATCH", path, { name: "new" }),
    await app.ask("PATCH", path, { permissions: NEW }),
    await app.ask("POST", `${path}/revert`, { version: 1 }),
    await app.ask("PATCH", path, { permissions: OLD }),
    await app.ask("PATCH", path, { min_workers: 4 }),
  ];
  deepStrictEqual(answers.map(({ status }) => status), [200, 200, 200, 200, 422, 422]);
  const { settings, settingsVersion } = app.manager.getPool(id);
  deepStrictEqual(
    [settings.name, settings.maxThreads, settings.permissions, settingsVersion],
    ["old", 3, OLD, 5],
  );
});

Deno.test("The form of a pool whose permissions are no longer taken changes all else of it", async () => {
  await using folder = await TempFolder.with();
  const id = await storeOldPool(folder.path, OLD);
  await using app = await managedApp({ data: folder.path });
  const asked = {
    request: (to: string, init?: RequestInit) =>
      app.fetch(new Request(`http://localhost${to}`, init)),
  };
  const { fields } = await look(asked, `/pools/${id}?tab=settings`);
  const save = async (changes: Record<string, string>) => {
    const body = new URLSearchParams({ ...Object.fromEntries(fields), ...changes });
    const init = { method: "POST", headers: { accept: "text/html" }, body };
    return await readPage(await asked.request(`/pools/${id}/settings`, init));
  };
  const renamed = await save({ name: "new" });
  strictEqual(renamed.status, 303, renamed.faults.join());
  const { settings } = app.manager.getPool(id);
  deepStrictEqual([settings.name, settings.permissions], ["new", OLD]);
});
