import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { run } from "../fake_world.ts";
import { KINDS_TYPE } from "../wire_samples.ts";

Deno.test("types lists the types, and files that could not be loaded", async () => {
  const broken = [{ url: "file:///tasks/bad.task.ts", reason: "It exports no task" }];
  const { code, out, err } = await run(["types"], {
    answers: {
      "GET /api/types": () => Response.json({ success: true, data: [KINDS_TYPE], broken }),
    },
  });
  deepStrictEqual({ code, out, err }, {
    code: 0,
    out: "NAME   DESCRIPTION\nkinds  Takes each kind\n",
    err: "Cannot load file:///tasks/bad.task.ts: It exports no task\n",
  });
});

Deno.test("types NAME shows an example and the flags of submit", async () => {
  const { out } = await run(["types", "kinds"], {
    answers: { "GET /api/types/kinds": KINDS_TYPE },
  });
  strictEqual(
    out.startsWith(
      'type:    kinds\ndoes:    Takes each kind\nexample: {"path":"docs"}\n\n' +
        "Input of kinds: Takes each kind\n  --path <text>",
    ),
    true,
  );
  strictEqual(out.includes("--input-name"), true); // the same names that submit takes
});
