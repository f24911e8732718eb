import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { withoutSecrets } from "../../../../core/observation/log_redaction.ts";

Deno.test("withoutSecrets() hides values by the names of their fields, however deep", () => {
  const shown = withoutSecrets({
    password: "p",
    api_key: "k",
    accessToken: "t",
    headers: { Authorization: "a", "set-cookie": ["c"], accept: "text/html" },
    list: [{ clientSecret: 1 }],
    monkey: "m",
    author: "ada",
    tokens: 3,
  });
  deepStrictEqual(shown, {
    password: "[hidden]",
    api_key: "[hidden]",
    accessToken: "[hidden]",
    headers: { Authorization: "[hidden]", "set-cookie": "[hidden]", accept: "text/html" },
    list: [{ clientSecret: "[hidden]" }],
    monkey: "m",
    author: "ada",
    tokens: "[hidden]",
  });
});

Deno.test("withoutSecrets() hides what looks like a secret in any text", () => {
  const texts = [
    ["Sent Authorization: Bearer abc.def-123", "Sent Authorization: Bearer [hidden]"],
    ["redis://user:hunter2@cache:6379/0", "redis://user:[hidden]@cache:6379/0"],
    ["redis://:hunter2@cache", "redis://:[hidden]@cache"],
    ["GET /x?a=1&token=abc%20d&b=2", "GET /x?a=1&token=[hidden]&b=2"],
    [
      "at https://hooks.slack.com/services/T0/B0/Xy-1",
      "at https://hooks.slack.com/services/[hidden]",
    ],
    [
      "https://open.feishu.cn/open-apis/bot/v2/hook/ab-1 x",
      "https://open.feishu.cn/open-apis/bot/v2/hook/[hidden] x",
    ],
    [
      "POST https://oapi.example/send?access_token=ab1",
      "POST https://oapi.example/send?access_token=[hidden]",
    ],
    ["lido_0123456789abcdefghijKLMN is it", "[hidden] is it"],
    ["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "[hidden]"],
    ["http://localhost:8000/api/tasks?page=2", "http://localhost:8000/api/tasks?page=2"],
  ];
  for (const [text, shown] of texts) strictEqual(withoutSecrets({ text }).text, shown);
});

Deno.test("withoutSecrets() tells an error with its causes and its parts, without their secrets", () => {
  const cause = Object.assign(new TypeError("at redis://u:hunter2@h"), { password: "p", port: 1 });
  const error = new AggregateError([new Error("Bearer abcdef")], "bad", { cause });
  // deno-lint-ignore no-explicit-any -- plain data of any shape
  const shown = withoutSecrets({ error }).error as any;
  deepStrictEqual(
    [shown.name, shown.message, shown.errors[0].message],
    ["AggregateError", "bad", "Bearer [hidden]"],
  );
  const { stack, ...others } = shown.cause;
  strictEqual(stack.startsWith("TypeError: at redis://u:[hidden]@h\n"), true);
  deepStrictEqual(others, {
    name: "TypeError",
    message: "at redis://u:[hidden]@h",
    password: "[hidden]",
    port: 1,
  });
});

Deno.test("withoutSecrets() ends on what has no end: circles, depth, and long lists", () => {
  const circle: Record<string, unknown> = { big: 1n };
  circle.self = circle;
  const error = new Error("self");
  error.cause = error;
  let deep: unknown = 1;
  for (let depth = 0; depth < 100; depth++) deep = [deep];
  const { list, ...shown } = withoutSecrets({
    circle,
    error: error.cause,
    deep,
    list: Array.from({ length: 1_000 }, () => 1),
  });
  strictEqual((list as unknown[]).length, 100); // it was one
  const json = JSON.stringify(shown);
  strictEqual(json.includes('"circle":{"big":"1","self":"[seen before]"}'), true);
  strictEqual(json.includes('"cause":"[seen before]"'), true);
  strictEqual(json.includes('[[[[[[[["[too deep]"]]]]]]]]'), true);
});
