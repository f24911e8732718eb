import { ClientError, type LidoClient } from "../client/mod.ts";
import { clientFor } from "../command_line.ts";
import { UsageError } from "../exit_code.ts";
import { TypeFlags } from "../type_flags.ts";
import type { World } from "../world.ts";
import type { LiveNames } from "./candidates.ts";

/** Whoever types waits for it. */
const ANSWER_MS = 1_000;

/** Asks the server that `--url` or the environment names; where none answers there are no names. */
export function liveNames(world: World): LiveNames {
  const ask = async <T>(url: string | undefined, question: (client: LidoClient) => Promise<T>) => {
    try {
      return await question(clientFor(world, url === undefined ? {} : { url }, ANSWER_MS));
    } catch (error) {
      const isForeseen = error instanceof ClientError ||
        error instanceof UsageError;
      if (isForeseen) return undefined;
      throw error;
    }
  };
  return {
    pools: async (url) => {
      const pools = await ask(url, (client) => client.listPools()) ?? [];
      // A name that several bear would be refused.
      return pools.filter(({ name }) => pools.filter((pool) => pool.name === name).length === 1)
        .map(({ name, status, max_workers }) => ({
          word: name,
          tells: `${status}, ${max_workers} threads at the most`,
        }));
    },
    types: async (url) => {
      const { types } = await ask(url, (client) => client.listTypes()) ?? { types: [] };
      return types.map(({ name, description }) => ({ word: name, tells: description }));
    },
    flagsOf: async (type, url, submit) => {
      const shown = await ask(url, (client) => client.getType(type));
      return shown === undefined ? [] : new TypeFlags(shown, submit).options;
    },
  };
}
