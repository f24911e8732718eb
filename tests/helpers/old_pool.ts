import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Config, Manager, type PoolId, type PoolSettingsInput } from "../../core/mod.ts";

/** Leaves a pool on record with permissions that an older Lido took, and that none is given now. */
export async function storeOldPool(
  data: string,
  permissions: PoolSettingsInput["permissions"],
  settings: Partial<PoolSettingsInput> = {},
): Promise<PoolId> {
  await using manager = await Manager.start({ config: Config.parse({ data }) });
  const { id } = await manager.createPool({ name: "old", ...settings });
  await manager.close();
  using db = new DatabaseSync(join(data, "journal.sqlite"));
  for (const table of ["pools", "pool_settings"]) {
    db.prepare(
      `UPDATE ${table} SET settings = json_patch(settings, json_object('permissions', json(?)))
      WHERE settings ->> 'name' = 'old'`,
    ).run(JSON.stringify(permissions));
  }
  return id;
}
