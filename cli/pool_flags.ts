/** The flags of `pool create` and `pool settings`, made from the settings' own schema. */
import { z } from "zod";
import { PoolSettings } from "../core/model/pool.ts";
import { type LeafFlags, nameFlags } from "./leaf_options.ts";
import { listLeaves, type SchemaLeaf } from "./schema_leaves.ts";
import { toSnake } from "./settings.ts";

/** Upstream's API calls threads workers, and the wire has kept its words. */
const WIRE_NAMES = new Map([["minThreads", "min_workers"], ["maxThreads", "max_workers"]]);

/** A flag for each setting of a new pool. */
export const CREATE_FLAGS: readonly LeafFlags[] = nameFlags(
  listLeaves(z.toJSONSchema(PoolSettings, { io: "input" })).map(withWireNames),
);

/** A flag for each setting that an open pool can change; what is left out stays as it is. */
export const CHANGE_FLAGS: readonly LeafFlags[] = CREATE_FLAGS
  .filter(({ leaf }) => leaf.path[0] !== "isolation")
  .map((flags) => ({ ...flags, leaf: { ...flags.leaf, defaultValue: undefined } }));

/** The wire's names of all settings, without those inside of them. */
export const SETTING_NAMES: readonly string[] = [
  ...new Set(CREATE_FLAGS.map(({ leaf }) => leaf.path[0] ?? "")),
];

// The API gives a pool without a name one of its own, so no flag is required.
function withWireNames(leaf: SchemaLeaf): SchemaLeaf {
  const path = leaf.path.map((name) => WIRE_NAMES.get(name) ?? toSnake(name));
  return { ...leaf, path, isRequired: false };
}
