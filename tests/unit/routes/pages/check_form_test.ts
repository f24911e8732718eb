import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { z } from "zod";
import {
  AlertChannel,
  AlertRule,
  LidoError,
  PoolSettings,
  TaskChange,
  TaskSubmission,
  View,
} from "../../../../core/mod.ts";
import { checkForm, errorIn, faultsOf, sayFaults } from "../../../../routes/pages/check_form.ts";
import { Language } from "../../../../views/i18n/language.ts";

const ENGLISH = new Language("en", 0);
const CHINESE = new Language("zh", 0);

/** What a schema says of a value, in a language. */
function told(schema: z.ZodType, value: unknown, language: Language): readonly string[] {
  try {
    checkForm(schema, value);
    return [];
  } catch (error) {
    return faultsOf(error, language).map(({ message }) => message);
  }
}

const SAID: readonly (readonly [z.ZodType, unknown, en: string, zh: string])[] = [
  [z.string(), undefined, "Invalid input: expected string, received undefined", "必填（文本）"],
  [z.int(), "x", "Invalid input: expected number, received string", "必须是数字，而不是文本"],
  [z.literal("a"), "b", 'Invalid input: expected "a"', '必须是 "a"'],
  [z.enum(["a", "b"]), "c", 'Invalid option: expected one of "a"|"b"', '必须是以下之一："a"|"b"'],
  [z.number().min(0), -1, "Too small: expected number to be >=0", "不得小于 0"],
  [z.number().gt(0), 0, "Too small: expected number to be >0", "必须大于 0"],
  [z.number().max(1), 2, "Too big: expected number to be <=1", "不得大于 1"],
  [z.number().lt(1), 1, "Too big: expected number to be <1", "必须小于 1"],
  [z.string().min(1), "", "Too small: expected string to have >=1 characters", "至少 1 个字符"],
  [z.array(z.int()).max(1), [1, 2], "Too big: expected array to have <=1 items", "至多 1 项"],
  [
    z.string().length(2),
    "a",
    "Too small: expected string to have exactly 2 characters",
    "必须正好 2 个字符",
  ],
  [z.string().startsWith("a"), "b", 'Invalid string: must start with "a"', '必须以 "a" 开头'],
  [z.string().endsWith("a"), "b", 'Invalid string: must end with "a"', '必须以 "a" 结尾'],
  [z.string().includes("a"), "b", 'Invalid string: must include "a"', '必须包含 "a"'],
  [
    z.string().regex(/^a$/),
    "b",
    "Invalid string: must match pattern /^a$/",
    "必须符合正则表达式 /^a$/",
  ],
  [z.number().multipleOf(5), 3, "Invalid number: must be a multiple of 5", "必须是 5 的倍数"],
  [z.email(), "x", "Invalid email address", "不是有效的电子邮件地址"],
  [z.uuid(), "x", "Invalid UUID", "不是有效的 UUID"],
  [z.union([z.int(), z.boolean()]), "x", "Invalid input", "输入无效"],
];
for (const [schema, value, en, zh] of SAID) {
  Deno.test(`faultsOf() says ${JSON.stringify(en)} in Chinese, too`, () => {
    deepStrictEqual([told(schema, value, ENGLISH), told(schema, value, CHINESE)], [[en], [zh]]);
  });
}

const POOL = { name: "p", maxThreads: 1 };
const CHANNEL = { kind: "webhook", name: "c", url: "http://x/", secret: "x" };
const MAIL = { kind: "email", name: "c", host: "h", port: 1, security: "none", from: "a@b.cd" };
const WRONG: readonly (readonly [z.ZodType, unknown])[] = [
  [PoolSettings, { ...POOL, minThreads: 2 }],
  [PoolSettings, { ...POOL, permissions: { read: ["a,b"], net: ["a b", "a:99999"] } }],
  [PoolSettings, { ...POOL, permissions: { env: ["LIDO_X", "a=b"] } }],
  [TaskChange, {}],
  [TaskSubmission, { poolId: "x", type: "X", tags: ["a,b"], name: "a\0", input: 1n }],
  [View, { name: "a\nb", query: "" }],
  [View, { name: "..", query: "" }],
  [AlertRule, { name: "r", metric: "X", labels: 1 }],
  ...["x", "ftp://x", "http://a:b@x", "http://x/#a", "http:// x"]
    .map((url) => [AlertChannel, { ...CHANNEL, url }] as const),
  [AlertChannel, { ...MAIL, host: "a b", to: [], user: "u" }],
  [AlertChannel, { ...MAIL, to: ["x"], user: "u" }],
];
for (const [schema, value] of WRONG) {
  const faults = told(schema, value, ENGLISH);
  Deno.test(`faultsOf() knows in Chinese what the domain says: ${faults.join("; ")}`, () => {
    const chinese = told(schema, value, CHINESE);
    ok(chinese.length > 0 && chinese.length === faults.length);
    for (const text of chinese) {
      ok(/^[^a-z]*\p{Script=Han}/u.test(text) || /^URL /.test(text), text);
    }
  });
}

Deno.test("faultsOf() lets an error that has no faults go on its way", () => {
  const error = new LidoError("queue_full", "Cannot submit task");
  throws(() => faultsOf(error, CHINESE), error);
});

Deno.test("Language.fault() leaves what it does not know as it is", () => {
  strictEqual(CHINESE.fault("Be kind <b>"), "Be kind <b>");
});

Deno.test("sayFaults() says the first fault, and how many there are beside it", () => {
  const faults = [1, 2, 3].map((at) => ({ path: ["a", at], message: "no" }));
  deepStrictEqual(
    [[], faults.slice(0, 1), faults].map((some) => sayFaults(CHINESE, some)),
    ["", "a.1: no", "a.1: no（另有 2 处）"],
  );
});

Deno.test("errorIn() says an error's own sentence in English, and what it means in Chinese", () => {
  const error = new LidoError("pool_closed", "Cannot submit task: it is closed");
  strictEqual(errorIn(ENGLISH, error), error.message);
  strictEqual(errorIn(CHINESE, error), "线程池不再接收任务（Cannot submit task: it is closed）");
  strictEqual(errorIn(CHINESE, new Error("else")), "else");
});
