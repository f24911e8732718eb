import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { run } from "../fake_world.ts";

const LIMITED = { level: "debug", configured_level: "info", until: "2026-01-02T03:04:05.000Z" };

Deno.test("log-level tells what holds, and what the server was started with if that is another", async () => {
  const told = [
    [{ level: "info", configured_level: "info", until: null }, "info\n"],
    [{ level: "debug", configured_level: "info", until: null }, "debug (started with info)\n"],
    [LIMITED, "debug until 2026-01-02T03:04:05.000Z, then info\n"],
  ];
  for (const [state, out] of told) {
    const ran = await run(["log-level"], { answers: { "GET /api/log-level": state } });
    deepStrictEqual([ran.code, ran.out], [0, out]);
  }
});

Deno.test("log-level sets the level, for good or for a while", async () => {
  const answers = { "PUT /api/log-level": LIMITED };
  const bodies = [];
  for (const flags of [[], ["--for-ms", "60000"]]) {
    const { code, out, seen } = await run(["log-level", "debug", "--json", ...flags], { answers });
    deepStrictEqual([code, JSON.parse(out)], [0, LIMITED]);
    bodies.push(seen[0]?.body);
  }
  deepStrictEqual(bodies, [{ level: "debug" }, { level: "debug", for_ms: 60_000 }]);
});

Deno.test("log-level takes no time without a level, and no time that is no number", async () => {
  for (const args of [["--for-ms", "60000"], ["debug", "--for-ms", "soon"]]) {
    const { code, seen } = await run(["log-level", ...args], { answers: {} });
    strictEqual(code, 2);
    deepStrictEqual(seen, []);
  }
});
