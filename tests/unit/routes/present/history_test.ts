import { deepStrictEqual, notStrictEqual, strictEqual } from "node:assert/strict";
import { presentHistory } from "../../../../routes/present/history.ts";
import { writeJson } from "../../../../routes/present/write_json.ts";
import { HISTORY } from "../../../helpers/fake_manager.ts";

Deno.test("presentHistory() writes the same points once, whatever is around them", () => {
  const [one, other] = [HISTORY, { ...HISTORY, toMs: HISTORY.toMs + 1 }].map(presentHistory);
  strictEqual(one?.["points"], other?.["points"]);
  notStrictEqual(one?.["until"], other?.["until"]);
});

Deno.test("presentHistory() writes other points anew", () => {
  const fewer = { ...HISTORY, points: HISTORY.points.slice(1) };
  const [all, rest] = [HISTORY, fewer].map((history) =>
    JSON.parse(writeJson(presentHistory(history))).points
  );
  strictEqual(all.length, HISTORY.points.length);
  deepStrictEqual(rest, all.slice(1));
});
