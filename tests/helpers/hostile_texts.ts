/** Texts that would be something else if they were not escaped, and an app that says nothing else. */
import {
  LidoError,
  type PoolSnapshot,
  type TaskSnapshot,
  type TaskStatus,
} from "../../core/mod.ts";
import { appWith } from "./app_with.ts";
import { HISTORY, POOL, POOL_ID, RESIZE_INFO, STATS, TASK } from "./fake_manager.ts";

/** By what they would be. */
export const TEXTS: Readonly<Record<string, string>> = {
  "a script": "<script>alert(1)</script>",
  "an end of an attribute": '"><img src=x onerror=alert(1)>',
  "an end of an attribute in single quotes": "' onmouseover='alert(1)",
  "an end of a script": "</script><script>alert(1)</script>",
  "the beginning of a comment in a script": "<!--<script>",
  "ends of all that holds text": "</textarea></title></code></pre></bdi></option></svg><b>",
  "entities": "&lt;b&gt; &amp;amp; &#60; &quot;",
  "attributes of htmx": '" hx-get="/pools" hx-trigger="load" hx-on:click="alert(1)',
  "an address that runs": "javascript:alert(1)//",
  "quotes and backslashes": "'\"`\\\\\"'${x}{{x}}",
  "emoji and joined letters": "🏊‍♀️👩‍👩‍👧 é ﷽",
  "letters that turn the direction": "\u202egnp.exe\u2066\u200f",
  "ends of lines of JavaScript": "a\u2028b\u2029c",
  "a null byte and other controls": "a\u0000b\u0001\u001b[31m\u0007",
  "a number beyond 2^53": "12345678901234567890",
  "a line of 100 kB": `<${"x".repeat(100_000)}>`,
};

const FAILED = { slot: null, startedAtMs: null, finishedAtMs: TASK.submittedAtMs, runMs: null };

/** A pool of which everything that can be said is this text. */
function poolOf(text: string): PoolSnapshot {
  const grants = { read: [text], write: [text], net: [text], env: [text] };
  return {
    ...POOL,
    settings: { ...POOL.settings, name: text, permissions: grants },
    startProblem: text,
    oldestWaitMs: 5,
  };
}

/** A task of which everything that can be said is this text. */
function taskOf(text: string, status: TaskStatus = TASK.status): TaskSnapshot {
  return {
    ...TASK,
    name: text,
    tags: [text],
    inputJson: `{${JSON.stringify(text)}:12345678901234567890}`,
    status,
    metrics: { [text]: 1 },
    lateErrors: [{ atMs: 0, message: text }],
  };
}

function statusesOf(text: string): Readonly<Record<string, TaskStatus>> {
  return {
    completed: {
      ...FAILED,
      state: "completed",
      slot: 0,
      startedAtMs: 0,
      runMs: 1,
      resultJson: JSON.stringify([text]),
    },
    failed: {
      ...FAILED,
      state: "failed",
      failure: { code: "task_error", name: text, message: text, stack: text },
    },
    cancelled: { ...FAILED, state: "cancelled", cause: text },
    pending: { state: "pending", why: text },
    running: {
      state: "running",
      slot: 0,
      startedAtMs: 0,
      stopRequestedAtMs: null,
      isZombie: false,
      progress: { done: 1, total: 2, note: text },
    },
  };
}

/** An app whose manager says nothing but this text. */
export function worldOf(text: string, state: keyof ReturnType<typeof statusesOf> = "completed") {
  const pool = poolOf(text);
  const task = taskOf(text, statusesOf(text)[state]);
  const refuse = (code: "pool_closed" | "invalid_input", faults?: string) => () =>
    Promise.reject(
      new LidoError(code, text, {
        ...faults === undefined ? {} : { faults: [{ path: [faults], message: text }] },
      }),
    );
  const schema = {
    type: "object",
    properties: {
      seconds: { type: "number", description: text, title: text, default: text },
      [text]: { enum: [text] },
    },
  };
  return appWith({
    listPools: () => [pool],
    getPool: () => pool,
    findPoolName: () => text,
    getTask: () => Promise.resolve(task),
    listTasks: (_filter, asked) =>
      Promise.resolve({
        tasks: [task],
        totalItems: 1,
        isTotalExact: true,
        nextCursor: null,
        prevCursor: null,
        page: "page" in asked ? 1 : null,
      }),
    listSettingsVersions: () =>
      Promise.resolve([1, 2].map((version) => {
        const settings = version === 1 ? POOL.settings : pool.settings;
        return { version, atMs: 0, author: text, reason: text, settings };
      })),
    readResizeInfo: (id) =>
      Promise.resolve({
        ...RESIZE_INFO,
        id,
        name: text,
        reason: text,
        advice: { ...RESIZE_INFO.advice, reason: text },
        autoscaleSuggestion: { size: 9, reason: text },
      }),
    getHistory: () =>
      Promise.resolve({
        ...HISTORY,
        markers: [{
          kind: "settings",
          atMs: 0,
          poolId: POOL_ID,
          version: 2,
          author: text,
          reason: text,
        }],
      }),
    getHealth: () => ({
      isHealthy: false,
      alerts: [{
        kind: "no_threads",
        level: "critical",
        message: text,
        poolName: text,
        count: 1,
        reason: text,
      }],
      stats: STATS,
    }),
    readLogs: () => Promise.resolve([{ atMs: 0, level: "info", text, attempt: 1 }]),
    readEvents: () => Promise.resolve([{ atMs: 0, event: "fail", attempt: 1, cause: text }]),
    readAttempts: () =>
      Promise.resolve([{
        number: 1,
        slot: 0,
        startedAtMs: 0,
        finishedAtMs: 1,
        runMs: 1,
        outcome: "failed" as const,
        message: text,
        codeVersion: text,
      }]),
    listTaskTypes: () => [{
      name: "sleep",
      description: text,
      inputSchema: schema,
      outputSchema: schema,
      examples: [{ seconds: text }],
      url: text,
      codeVersion: text,
      isBuiltIn: false,
    }],
    listBrokenTaskFiles: () => [{ url: text, reason: text }],
    listViews: () => [{ name: text, query: `q=${encodeURIComponent(text)}`, savedAtMs: 0 }],
    saveView: refuse("invalid_input", "name"),
    changePool: refuse("invalid_input", "name"),
    createPool: refuse("invalid_input", "name"),
    resizePool: refuse("invalid_input", "maxThreads"),
    submit: refuse("invalid_input", "name"),
    stopTask: refuse("pool_closed"),
    checkSubmission: () => {
      throw new LidoError("invalid_input", text);
    },
  });
}
