import { writeSync } from "node:fs";
import { defineTask, type TaskContext, z } from "lido";
import { noteBegun } from "./note_begun.ts";

/** Of a Web Worker; the types know a page's only. */
const post: (message: unknown) => void = Reflect.get(globalThis, "postMessage");

const { log, error } = console;
const ROUNDS = 200_000;
const TEXT = "x".repeat(1_000);

function repeat(round: (index: number) => void): void {
  for (let index = 0; index < ROUNDS; index++) round(index);
}

async function repeatYielding(round: (index: number) => void): Promise<void> {
  for (let index = 0; index < ROUNDS; index++) {
    round(index);
    if (index % 1_000 === 0) await new Promise((resolve) => setTimeout(resolve));
  }
}

/** Ways to say far too much. */
const WAYS: Record<string, (ctx: TaskContext) => unknown> = {
  console: () => repeat((index) => log(TEXT, index)),
  console_yielding: () => repeatYielding((index) => error(TEXT, index)),
  log: (ctx) => repeatYielding((index) => ctx.log.info(`${TEXT} ${index}`)),
  long_line: (ctx) => ctx.log.warning("x".repeat(50_000_000)),
  progress: (ctx) => repeat((index) => ctx.progress(index, ROUNDS)),
  progress_notes: (ctx) =>
    repeatYielding((index) => ctx.progress(index, ROUNDS, `${index} ${TEXT}`)),
  odd_progress: (ctx) => {
    for (const odd of [NaN, Infinity, -1, "text", null, {}]) ctx.progress(odd as number, NaN);
    ctx.progress(1, 2, { toString: null } as unknown as string);
  },
  metrics: (ctx) => repeatYielding((index) => ctx.metric.observe(`metric ${index}`, index)),
  odd_metrics: (ctx) => {
    for (const odd of [NaN, Infinity, "text", {}]) ctx.metric.gauge("odd", odd as number);
    ctx.metric.gauge("__proto__", 1);
  },
  post_message: () => repeat((index) => post(`${index}`)),
  post_message_yielding: () => repeatYielding((index) => post({ index, TEXT })),
  broadcast: () => {
    const channel = new BroadcastChannel("lido");
    repeat((index) => channel.postMessage(index));
    channel.close();
  },
  stdout: () => repeat(() => Deno.stdout.writeSync(new TextEncoder().encode(TEXT))),
  stdout_by_node: () => repeat(() => writeSync(1, TEXT)),
  stderr: () => {
    for (let index = 0; index < 1_000; index++) {
      Deno.stderr.writeSync(new TextEncoder().encode(`${TEXT}\n`));
    }
  },
  stderr_for_ever: () => {
    for (;;) Deno.stderr.writeSync(new TextEncoder().encode(`${TEXT}\n`));
  },
  log_for_ever: (ctx) => {
    for (;;) ctx.log.info(TEXT);
  },
  post_message_for_ever: () => {
    for (;;) post(TEXT);
  },
};

export default defineTask({
  name: "flood",
  description: "Says far too much",
  input: z.strictObject({ how: z.string(), folder: z.string() }),
  async run({ how, folder }, ctx) {
    noteBegun(folder);
    await WAYS[how]?.(ctx);
  },
});
