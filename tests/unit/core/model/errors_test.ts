import { deepStrictEqual } from "node:assert/strict";
import { LidoError, messageOf } from "../../../../core/mod.ts";

Deno.test("messageOf() gives an error's sentence, and any other thrown value as a text", () => {
  const thrown = [new LidoError("queue_full", "Cannot submit task"), new Error(""), "why", null, 7];
  deepStrictEqual(thrown.map(messageOf), ["Cannot submit task", "", "why", "null", "7"]);
});
