/** Changes of a pool that are meant for the versions in `If-Match` alone. */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { appWith, jsonRequest, readAnswer } from "../../../helpers/app_with.ts";
import { POOL_ID } from "../../../helpers/fake_manager.ts";

const HIGHEST = "9".repeat(15);
Deno.test.each<[sent: string, change: { ifVersions?: readonly number[] }]>([
  ["*", {}],
  [" * ", {}],
  ['"3"', { ifVersions: [3] }],
  ['"3", "4"', { ifVersions: [3, 4] }],
  [', "3"\t,,"4" ,', { ifVersions: [3, 4] }],
  [`"${HIGHEST}"`, { ifVersions: [Number(HIGHEST)] }],
  // A weak tag says less than that all is the same, and no pool has the others.
  ['W/"3"', { ifVersions: [] }],
  ['W/"3", "4"', { ifVersions: [4] }],
  ['"", "03", "a,b", "*", "é", "-1", "0"', { ifVersions: [] }],
])("PATCH /api/pools/:id with If-Match %s is meant for %j", async (sent, change) => {
  const { app, calls } = appWith();
  const request = jsonRequest("PATCH", { max_workers: 2 });
  const headers = { "content-type": "application/json", "if-match": sent };
  const { status } = await readAnswer(
    app.request(`/api/pools/${POOL_ID}`, { ...request, headers }),
  );
  strictEqual(status, 200);
  deepStrictEqual(calls, [{ method: "changePool", args: [POOL_ID, { maxThreads: 2 }, change] }]);
});

Deno.test.each([
  [""],
  [","],
  ["3"],
  ['"3'],
  ['"3" "4"'],
  ['"3""4"'],
  ['*, "3"'],
  ['w/"3"'],
  ['W/ "3"'],
  ['"3 4"'],
  [`"3"${" ".repeat(60_000)}x`],
])("PATCH /api/pools/:id refuses the If-Match %j", async (sent) => {
  const { app, calls } = appWith();
  const request = jsonRequest("PATCH", { max_workers: 2 });
  const headers = { "content-type": "application/json", "if-match": sent };
  const { status, body } = await readAnswer(
    app.request(`/api/pools/${POOL_ID}`, { ...request, headers }),
  );
  const message = 'Invalid: must be * or ETags of the pool, such as "3"';
  deepStrictEqual([status, (body as { details: unknown }).details], [422, {
    faults: [{ field: "If-Match", pointer: "/If-Match", message }],
  }]);
  deepStrictEqual(calls, []);
});
