/** The names under which each setting of the server is known outside: all made from the schema. */
import { z } from "zod";
import { Config } from "../core/config.ts";
import { listLeaves, type SchemaLeaf } from "./schema_leaves.ts";

/** One setting with its names. */
export interface Setting {
  readonly leaf: SchemaLeaf;
  /** In the YAML file: `limits.describe_ms`. */
  readonly yamlName: string;
  /** On the command line, without dashes: `limits-describe-ms`. */
  readonly flagName: string;
  /** In the environment: `LIDO_LIMITS_DESCRIBE_MS`. */
  readonly envName: string;
}

/** Every setting of a server, in the schema's order. */
export const SETTINGS: readonly Setting[] = listLeaves(z.toJSONSchema(Config, { io: "input" }))
  .map((leaf) => {
    const words = leaf.path.map(toSnake);
    return {
      leaf,
      yamlName: words.join("."),
      flagName: words.join("-").replaceAll("_", "-"),
      envName: `LIDO_${words.join("_").toUpperCase()}`,
    };
  });

/** Writes `describeMs` as `describe_ms`. */
export function toSnake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
