import { deepStrictEqual, throws } from "node:assert/strict";
import { listLeaves, parseLeaf } from "../../../cli/schema_leaves.ts";
import { KINDS_TYPE } from "./wire_samples.ts";

Deno.test("listLeaves() names each place that takes a value, with its kind", () => {
  const leaves = listLeaves(KINDS_TYPE.input_schema);
  deepStrictEqual(leaves.map(({ path, kind }) => [path.join("."), kind]), [
    ["path", "text"],
    ["up_to", "integer"],
    ["ratio", "number"],
    ["deep", "boolean"],
    ["algorithm", "choice"],
    ["tags", "list"],
    ["headers", "json"],
    ["limits.files", "integer"],
    ["name", "text"],
  ]);
  deepStrictEqual(leaves.filter((leaf) => leaf.isRequired).map((leaf) => leaf.path), [["path"]]);
});

Deno.test("listLeaves() ends at a schema that holds itself", () => {
  const node = { type: "object", properties: { next: { $ref: "#/$defs/Node" } } };
  const schema = { $ref: "#/$defs/Node", $defs: { Node: node } };
  deepStrictEqual(listLeaves(schema).map(({ path, kind }) => [path, kind]), [[["next"], "json"]]);
});

Deno.test("listLeaves() ends at a reference that runs in a circle", () => {
  const schema = { $ref: "#/$defs/A", $defs: { A: { $ref: "#/$defs/A" } } };
  deepStrictEqual(listLeaves(schema), []);
});

Deno.test("listLeaves() has none for an input that is no object", () => {
  deepStrictEqual(listLeaves({ type: "string" }), []);
});

Deno.test("parseLeaf() takes null for a number that may be null, and not for another", () => {
  const [nullable, plain] = listLeaves({
    type: "object",
    properties: {
      nullable: { anyOf: [{ type: "integer" }, { type: "null" }] },
      plain: { type: "integer" },
    },
  });
  if (nullable === undefined || plain === undefined) throw new TypeError("two leaves expected");
  deepStrictEqual(parseLeaf(nullable, "null"), null);
  throws(
    () => parseLeaf(plain, "null"),
    new RangeError('expected a whole number, found "null"'),
  );
});
