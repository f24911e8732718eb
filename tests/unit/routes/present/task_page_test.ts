import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { DEFAULT_URL } from "../../../../cli/client/mod.ts";
import type { TaskFailure } from "../../../../core/model/task.ts";
import type { TaskSnapshot, TaskStatus } from "../../../../core/mod.ts";
import {
  indentJson,
  LOG_LINES_MAX,
  presentAttempts,
  presentEvents,
  presentInput,
  presentLogs,
  presentRaw,
  presentResult,
  presentTaskPage,
  presentTaskRow,
  shownState,
} from "../../../../routes/present/task_page.ts";
import { Language } from "../../../../views/i18n/language.ts";
import { TASK } from "../../../helpers/fake_manager.ts";

const SUBMITTED_MS = TASK.submittedAtMs;
const NOW_MS = SUBMITTED_MS + 10_000;
const ENGLISH = new Language("en", NOW_MS);
const RUNNING = {
  state: "running",
  slot: 2,
  startedAtMs: SUBMITTED_MS + 4_000,
  stopRequestedAtMs: null,
  isZombie: false,
  progress: { done: 1, total: 3, note: "a note" },
} as const;
const ENDED = { slot: null, startedAtMs: null, finishedAtMs: SUBMITTED_MS + 6_000, runMs: null };
const failed = (code: TaskFailure["code"]): TaskStatus => ({
  ...ENDED,
  state: "failed",
  failure: { code, name: "Error", message: "m", stack: null },
});
const poolName = (id: string) => `name of ${id.slice(-1)}`;
const withStatus = (status: TaskStatus): TaskSnapshot => ({ ...TASK, status });

const SHOWN: readonly (readonly [string, TaskStatus])[] = [
  ["blocked", { state: "blocked", waitsFor: [] }],
  ["scheduled", { state: "scheduled", runAtMs: 1 }],
  ["pending", { state: "pending", why: "" }],
  ["running", RUNNING],
  ["stopping", { ...RUNNING, stopRequestedAtMs: 5 }],
  ["zombie", { ...RUNNING, stopRequestedAtMs: 5, isZombie: true }],
  ["completed", TASK.status],
  ["failed", failed("task_error")],
  ["timedOut", failed("run_timeout")],
  ["timedOut", failed("queue_timeout")],
  ["failed", failed("thread_killed")],
  ["cancelled", { ...ENDED, state: "cancelled", cause: "" }],
];
for (const [shown, status] of SHOWN) {
  Deno.test(`shownState() is ${shown} of ${JSON.stringify(status).slice(0, 90)}`, () => {
    strictEqual(shownState(status), shown);
  });
}

const INDENTED: readonly (readonly [string, string])[] = [
  [
    '{"a":1,"b":[2,{"c":null}]}',
    '{\n  "a": 1,\n  "b": [\n    2,\n    {\n      "c": null\n    }\n  ]\n}',
  ],
  ["12345678901234567890", "12345678901234567890"],
  ['{"n":-1.50e+400,"n":0.1000}', '{\n  "n": -1.50e+400,\n  "n": 0.1000\n}'],
  ["{}", "{}"],
  ["[]", "[]"],
  ['{"a":{},"b":[]}', '{\n  "a": {},\n  "b": []\n}'],
  ['"{[,:]} \\" \\\\"', '"{[,:]} \\" \\\\"'],
  ['["[",  "x"]', '[\n  "[",\n  "x"\n]'],
  ['{"__proto__":1}', '{\n  "__proto__": 1\n}'],
  [" [ 1 , true ] ", "[\n  1,\n  true\n]"],
];
for (const [json, text] of INDENTED) {
  Deno.test(`indentJson() writes ${json} with a line for each value`, () => {
    strictEqual(indentJson(json), text);
  });
}

Deno.test("indentJson() is what JSON.stringify() writes, of every value that it can write", () => {
  fc.assert(fc.property(fc.json(), (json) => {
    const value = JSON.parse(json);
    strictEqual(indentJson(JSON.stringify(value)), JSON.stringify(value, null, 2));
  }));
});

Deno.test("indentJson() goes once through a long text: a second time for each end would not end", () => {
  const count = 300_000;
  strictEqual(indentJson(`[${"[],".repeat(count)}0]`), `[${"\n  [],".repeat(count)}\n  0\n]`);
});

Deno.test("presentRaw() and presentResult() do not indent what is cut off: it can grow without end", () => {
  const resultJson = `${"[".repeat(2_000)}${"0,".repeat(1_000_000)}0${"]".repeat(2_000)}`;
  ok(TASK.status.state === "completed");
  const result = presentResult(withStatus({ ...TASK.status, resultJson }), ENGLISH);
  const raw = presentRaw(TASK, resultJson, { origin: "http://x" });
  const shown = { text: resultJson.slice(0, 20_000), wholeChars: resultJson.length };
  deepStrictEqual(result.tab === "result" && result.result, shown);
  deepStrictEqual(raw.tab === "raw" && raw.raw, shown);
});

Deno.test("presentTaskRow() tells how long a task waited and ran, and what can be done", () => {
  const row = (status: TaskStatus) => {
    const { state, waitMs, runMs, finishedAtMs, act, progress, pool } = presentTaskRow(
      withStatus(status),
      poolName,
      NOW_MS,
    );
    return { state, waitMs, runMs, finishedAtMs, act, progress, pool: pool.name };
  };
  const none = { runMs: null, finishedAtMs: null, progress: null, pool: "name of 1" };
  deepStrictEqual(row({ state: "pending", why: "" }), {
    ...none,
    state: "pending",
    waitMs: 10_000,
    act: "cancel",
  });
  deepStrictEqual(row(RUNNING), {
    ...none,
    state: "running",
    waitMs: 4_000,
    runMs: 6_000,
    act: "stop",
    progress: RUNNING.progress,
  });
  deepStrictEqual(row({ ...ENDED, state: "cancelled", cause: "" }), {
    ...none,
    state: "cancelled",
    waitMs: 6_000,
    finishedAtMs: ENDED.finishedAtMs,
    act: null,
  });
  const early = { ...RUNNING, startedAtMs: SUBMITTED_MS - 1 }; // the clock was set
  deepStrictEqual([row(early).waitMs, row({ ...early, startedAtMs: NOW_MS + 9 }).runMs], [0, 0]);
});

Deno.test("presentTaskPage() shows the last runs oldest first, bad ones marked, others not at all", () => {
  const context = {
    poolName,
    language: ENGLISH,
    isTypeKnown: true,
    path: "/tasks/x",
    part: presentInput(TASK),
    recent: [TASK, withStatus(failed("task_error")), {
      ...withStatus({
        ...ENDED,
        state: "failed",
        runMs: 5,
        failure: {
          code: "run_timeout" as const,
          name: "",
          message: "",
          stack: null,
        },
      }),
    }],
  };
  deepStrictEqual(presentTaskPage(TASK, context).recent, [
    { runMs: 5, isBad: true },
    { runMs: 1000.4, isBad: false },
  ]);
});

Deno.test("presentResult() gives the result with all digits, the failure or the cause", () => {
  deepStrictEqual(presentResult(TASK, ENGLISH), {
    tab: "result",
    result: { text: '{\n  "camelCase": 98765432109876543210\n}', wholeChars: null },
    failure: null,
    cause: null,
  });
  deepStrictEqual(
    presentResult(withStatus({ ...ENDED, state: "cancelled", cause: "so" }), ENGLISH),
    {
      tab: "result",
      result: null,
      failure: null,
      cause: "so",
    },
  );
  const failure = { code: "task_error", name: "E", message: "m", stack: "at x" } as const;
  deepStrictEqual(presentResult(withStatus({ ...ENDED, state: "failed", failure }), ENGLISH), {
    tab: "result",
    result: null,
    failure: {
      ...failure,
      message: { text: "m", wholeChars: null },
      stack: { text: "at x", wholeChars: null },
    },
    cause: null,
  });
});

Deno.test("presentInput() shows the first 20,000 characters of a long input as it was written", () => {
  const long = JSON.stringify("x".repeat(30_000));
  deepStrictEqual(presentInput({ ...TASK, inputJson: long }), {
    tab: "input",
    input: { text: long.slice(0, 20_000), wholeChars: 30_002 },
  });
  deepStrictEqual(presentInput({ ...TASK, inputJson: null }), { tab: "input", input: null });
});

Deno.test("presentLogs() shows the newest lines, each up to 20,000 characters", () => {
  const lines = Array.from({ length: LOG_LINES_MAX + 2 }, (_, at) => ({
    atMs: at,
    level: "info" as const,
    text: at === LOG_LINES_MAX ? "y".repeat(100_000) : String(at),
    attempt: at < 5 ? 1 : 2,
  }));
  const part = presentLogs(lines);
  ok(part.tab === "logs");
  deepStrictEqual([part.count, part.attemptMax], [LOG_LINES_MAX + 2, 1_000]);
  strictEqual(part.lines.length, LOG_LINES_MAX);
  deepStrictEqual(part.lines[0], {
    atMs: 2,
    level: "info",
    text: "2",
    attempt: 1,
    number: 3,
    isOfNextAttempt: false,
  });
  deepStrictEqual(part.lines.filter((line) => line.isOfNextAttempt).map(({ text }) => text), ["5"]);
  strictEqual(part.lines.at(-2)?.text.length, 20_000);
});

/** The words that a shell makes of a line; only what is quoted by `'` and `\'` is in it. */
function shellWords(line: string): readonly string[] {
  return (line.match(/(?:[^\s'\\]|'[^']*'|\\')+/g) ?? []).map((word) =>
    word.replaceAll(/'([^']*)'|\\(')/g, (_, inner, quote) => inner ?? quote)
  );
}

Deno.test("presentRaw() makes commands that a shell reads as they are meant", () => {
  const inputJson = `{"text":"it's $(rm -rf /) \`x\` \\\\","big":12345678901234567890}`;
  const name = "'; rm -rf / #";
  const task = { ...TASK, name, inputJson, priority: -3, tags: ["it's"] };
  const part = presentRaw(task, '{"a":1}', { origin: "http://localhost:8000" });
  ok(part.tab === "raw");
  deepStrictEqual(part.raw, { text: '{\n  "a": 1\n}', wholeChars: null });
  const curl = shellWords(part.curl);
  deepStrictEqual(curl.slice(0, -1), [
    "curl",
    "-X",
    "POST",
    "http://localhost:8000/api/tasks",
    "-H",
    "content-type: application/json",
    "-d",
  ]);
  const body = curl.at(-1) ?? "";
  deepStrictEqual(JSON.parse(body), {
    pool_id: TASK.poolId,
    task_type: "sleep",
    task_name: name,
    priority: -3,
    tags: ["it's"],
    input: JSON.parse(inputJson),
  });
  ok(body.endsWith(`,"input":${inputJson}}`)); // with all its digits
  deepStrictEqual(shellWords(part.command), [
    ...["deno", "task", "submit", "sleep", "--pool", TASK.poolId, "--name", name],
    ...[
      "--priority",
      "-3",
      "--tag",
      "it's",
      "--input",
      inputJson,
      "--url",
      "http://localhost:8000",
    ],
  ]);
});

Deno.test("presentRaw() leaves the input out of the commands where there is none", () => {
  const task = { ...TASK, inputJson: null, name: TASK.type, tags: [] };
  const part = presentRaw(task, "{}", { origin: DEFAULT_URL });
  ok(part.tab === "raw");
  strictEqual(part.command, `deno task submit sleep --pool ${TASK.poolId}`);
  strictEqual(part.curl.includes("input"), false);
});

Deno.test("A task's page says in Chinese what Lido says of it, and what its code said as it was", () => {
  const chinese = new Language("zh", NOW_MS);
  const cancelled: TaskStatus = { ...ENDED, state: "cancelled", cause: "It was asked to stop" };
  const result = presentResult(withStatus(cancelled), chinese);
  strictEqual("cause" in result && result.cause, "被要求停止");
  const failure = { code: "task_error", name: "E", message: "It is mine", stack: null } as const;
  const failed = presentResult(withStatus({ ...ENDED, state: "failed", failure }), chinese);
  strictEqual("failure" in failed && failed.failure?.message.text, "It is mine");
  const why = "It is one of 12 that wait";
  const page = presentTaskPage(withStatus({ state: "pending", why }), {
    poolName,
    language: chinese,
    isTypeKnown: true,
    path: "/tasks/x",
    part: presentEvents(
      [{ atMs: 1, event: "cancel", attempt: 1, cause: "The pool was closed" }],
      chinese,
    ),
    recent: [],
  });
  strictEqual(page.why, "它是 12 个等待任务之一");
  strictEqual(page.part.tab === "events" && page.part.events[0]?.cause, "线程池已关闭");
  const attempt = {
    number: 1,
    slot: 0,
    startedAtMs: 1,
    finishedAtMs: 2,
    runMs: 1,
    outcome: "failed",
    message: "Ran longer than the 50 ms allowed",
    codeVersion: null,
  } as const;
  const attempts = presentAttempts([attempt, { ...attempt, message: null }], chinese);
  deepStrictEqual(
    attempts.tab === "attempts" && attempts.attempts.map(({ message }) => message),
    ["运行时间超过允许的 50 毫秒", null],
  );
});
