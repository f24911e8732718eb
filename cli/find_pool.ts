import type { LidoClient, WirePool } from "./client/mod.ts";
import { CommandError } from "./exit_code.ts";
import { nearest } from "./nearest.ts";

/** What a pool's argument may be. */
export const POOL_ARGUMENT = "a pool's id, or its name while one open pool bears it";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Finds a pool by its id, or by its name while just one open pool bears it.
 * @throws {CommandError} if no pool, or more than one, has the name.
 */
export async function findPool(client: LidoClient, idOrName: string): Promise<WirePool> {
  if (UUID.test(idOrName)) return await client.getPool(idOrName);
  const pools = await client.listPools();
  const [first, ...others] = pools.filter((pool) => pool.name === idOrName);
  if (first === undefined) throw new CommandError(tellMissing(idOrName, pools));
  if (others.length === 0) return first;
  const ids = [first, ...others].map((pool) => `\n  ${pool.pool_id}`).join("");
  throw new CommandError(
    `Cannot tell which pool is meant: ${others.length + 1} open pools are named ${idOrName}; ` +
      `name one by its id${ids}`,
  );
}

/** The pool's id; asks the server only when a name was given. */
export async function findPoolId(client: LidoClient, idOrName: string): Promise<string> {
  return UUID.test(idOrName) ? idOrName : (await findPool(client, idOrName)).pool_id;
}

function tellMissing(name: string, pools: readonly WirePool[]): string {
  const names = pools.map((pool) => pool.name);
  const hint = names.length === 0
    ? "no pool is open"
    : `the nearest name is ${nearest(name, names)}`;
  return `Cannot find pool: no open pool is named ${name}; ${hint}`;
}
