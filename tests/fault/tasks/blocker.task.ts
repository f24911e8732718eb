import { pbkdf2Sync } from "node:crypto";
import { openSync, readSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { defineTask, z } from "lido";
import { noteBegun } from "./note_begun.ts";

/** `(module (func (export "run") (loop (br 0))))` */
const ENDLESS_WASM = new Uint8Array([
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 7, 1, 3, 114, 117, 110, 0, 0],
  ...[10, 9, 1, 7, 0, 3, 64, 12, 0, 11, 11],
]);

/** Ways to hold a thread: most never yield, so that no message, timer or signal reaches them. */
const WAYS = {
  nothing: () => {},
  loop: () => {
    for (;;);
  },
  regular_expression: () => /^(a+)+$/.test("a".repeat(60) + "b"),
  atomics_wait: () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0),
  wasm: () => {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(ENDLESS_WASM));
    (exports.run as () => void)();
  },
  microtasks: async () => {
    for (;;) await null;
  },
  queue_microtask: () => {
    const again = () => queueMicrotask(again);
    again();
    return new Promise(() => {});
  },
  promise_chain: () => {
    const again = (): Promise<void> => Promise.resolve().then(again);
    return again();
  },
  proxy_getter: () => {
    const endless = new Proxy({}, {
      get() {
        for (;;);
      },
    });
    return Reflect.get(endless, "anything");
  },
  finally_loop: () => {
    // Each round throws and is caught: no exception from outside could end it.
    for (let round = 0;; round++) {
      try {
        if (round >= 0) throw new Error("again");
      } catch {
        continue;
      } finally {
        JSON.stringify(round);
      }
    }
  },
  generator: () => {
    const endless = function* () {
      for (;;) yield;
    };
    for (const _ of endless());
  },
  busy_interval: () => {
    setInterval(() => {
      const end = performance.now() + 30;
      while (performance.now() < end);
    });
    return new Promise(() => {});
  },
  never_settles: () => new Promise(() => {}),
  deaf_to_signal: async (ctx: { signal: AbortSignal }) => {
    ctx.signal.addEventListener("abort", () => {});
    for (;;) await new Promise((resolve) => setTimeout(resolve, 5));
  },
  big_sort: () => {
    for (;;) new Float64Array(1_000_000).map(Math.random).sort();
  },
  big_integer: () => {
    let number = 3n ** 1_000_000n;
    for (;;) number = number * 3n % 7n ** 100_000n;
  },
  sqlite: () => {
    const endless = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c)";
    return new DatabaseSync(":memory:").prepare(`${endless} SELECT max(x) FROM c`).get();
  },
  pbkdf2: () => pbkdf2Sync("secret", "salt", 2_000_000_000, 64, "sha512"),
  fifo_open: (_ctx: unknown, folder: string) => openSync(`${folder}/fifo`, "r"),
  fifo_read: (_ctx: unknown, folder: string) => {
    // For reading and writing, so that it opens at once; nobody ever writes.
    readSync(openSync(`${folder}/fifo`, "r+"), new Uint8Array(1));
  },
  stdin_read: () => {
    for (;;) Deno.stdin.readSync(new Uint8Array(1));
  },
  output_sync: () => {
    new Deno.Command(Deno.execPath(), { args: ["eval", "for (;;);"] }).outputSync();
  },
};

export default defineTask({
  name: "blocker",
  description: "Holds its thread",
  input: z.strictObject({ how: z.string(), folder: z.string() }),
  async run({ how, folder }, ctx) {
    noteBegun(folder);
    const way = new Map<string, (ctx: never, folder: string) => unknown>(Object.entries(WAYS))
      .get(how);
    return await way?.(ctx as never, folder);
  },
});
