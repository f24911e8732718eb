import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { TransientMap } from "../../../../core/model/transient_map.ts";

Deno.test("TransientMap gives what was set last, and takes it once", () => {
  const map = new TransientMap<string, number>();
  map.set("a", 1);
  map.set("b", 2);
  map.set("a", 3);
  deepStrictEqual([map.size, map.get("a"), map.has("a"), map.get("c"), map.has("c")], [
    2,
    3,
    true,
    undefined,
    false,
  ]);
  deepStrictEqual([map.take("a"), map.take("a"), map.has("a"), map.size], [
    3,
    undefined,
    false,
    1,
  ]);
});

Deno.test("TransientMap lists what there is in the order in which it came", () => {
  const map = new TransientMap<number, string>();
  for (const at of [3, 1, 2]) map.set(at, `value ${at}`);
  map.take(1);
  deepStrictEqual([[...map.keys()], [...map.values()]], [[3, 2], ["value 3", "value 2"]]);
  const seen: string[] = [];
  for (const value of map.values()) {
    seen.push(value);
    map.take(2);
  }
  deepStrictEqual(seen, ["value 3"]);
});

Deno.test("What has passed through a TransientMap dies young; through a Map it does not", async () => {
  // Ten megabytes each. What Map does is V8's doing: were it mended, this map had no reason any more.
  ok(await grownBy("TransientMap") < 2_000_000);
  ok(await grownBy("Map") > 8_000_000);
});

async function grownBy(kind: "Map" | "TransientMap"): Promise<number> {
  const script = fileURLToPath(new URL("../../../fixtures/passing_through.ts", import.meta.url));
  // No full collection shall come by itself.
  const flags = "--v8-flags=--expose-gc,--initial-old-space-size=100";
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", flags, script, kind],
  }).output();
  strictEqual(code, 0, new TextDecoder().decode(stderr));
  return Number(new TextDecoder().decode(stdout));
}
