import { deepStrictEqual, ok } from "node:assert/strict";
import { ERROR_CODES } from "../../../core/mod.ts";
import { HTTP_ERROR_CODES, STATUS } from "../../../routes/errors.ts";

Deno.test("STATUS has each code once, as docs/api.md lists it", async () => {
  const docs = await Deno.readTextFile(new URL("../../../docs/api.md", import.meta.url));
  const table = docs.slice(docs.indexOf("## Errors"));
  for (const code of [...ERROR_CODES, ...HTTP_ERROR_CODES]) {
    const row = table.split("\n").find((line) => line.includes(`\`${code}\``));
    ok(row?.includes(String(STATUS[code])), `${code} ${STATUS[code]}`);
  }
  deepStrictEqual(Object.keys(STATUS).sort(), [...ERROR_CODES, ...HTTP_ERROR_CODES].sort());
});
