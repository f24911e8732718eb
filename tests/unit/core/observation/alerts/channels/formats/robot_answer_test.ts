import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { DeliveryError } from "../../../../../../../core/observation/alerts/channels/delivery_error.ts";
import { checkRobotAnswer } from "../../../../../../../core/observation/alerts/channels/formats/robot_answer.ts";

Deno.test("checkRobotAnswer() takes what robots say when they took a message", () => {
  for (const text of ['{"errcode":0,"errmsg":"ok"}', '{"code":0,"msg":"success","data":{}}']) {
    strictEqual(checkRobotAnswer({ status: 200, text }), undefined);
  }
});

Deno.test("checkRobotAnswer() throws for a refusal, and knows which may pass", () => {
  const answers = [
    ['{"errcode":310000,"errmsg":"sign not match"}', true],
    ['{"errcode":130101,"errmsg":"send too fast"}', false],
    ['{"code":19021,"msg":"sign match fail"}', true],
    ['{"code":11232,"msg":"frequency limited"}', false],
    ['{"errcode":45009,"errmsg":"api freq out of limit"}', false],
    ["<html>", true],
  ] as const;
  const found = answers.map(([text]) => {
    let isFinal: boolean | undefined;
    throws(() => checkRobotAnswer({ status: 200, text }), (error) => {
      isFinal = error instanceof DeliveryError ? error.isFinal : undefined;
      return true;
    });
    return isFinal;
  });
  deepStrictEqual(found, answers.map(([, isFinal]) => isFinal));
});
