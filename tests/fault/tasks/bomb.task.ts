import { defineTask, z } from "lido";

const MIB = 1024 * 1024;
const kept: unknown[] = [];

function fillHeap(): never {
  for (;;) kept.push(Array.from({ length: 1_000 }, (_, index) => ({ index })));
}

/** Ways to use more memory than there is. What is allocated is also written to, or it costs nothing. */
const WAYS = {
  arrays: fillHeap,
  arrays_after_await: async () => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    fillHeap();
  },
  arrays_in_timer: () => {
    setTimeout(fillHeap);
    return new Promise(() => {});
  },
  arrays_in_microtask: () => {
    queueMicrotask(fillHeap);
    return new Promise(() => {});
  },
  arrays_that_catch: () => {
    for (;;) {
      try {
        fillHeap();
      } catch {
        continue;
      }
    }
  },
  map: () => {
    const map = new Map<string, string>();
    for (let key = 0;; key++) map.set(`key ${key}`, `value ${key}`);
  },
  closures: () => {
    for (let round = 0;; round++) {
      const held = new Array(100).fill(round);
      kept.push(() => held);
    }
  },
  strings: () => {
    for (let round = 0;; round++) kept.push(`${round} `.repeat(100_000).split("").join("-"));
  },
  slow_leak: async () => {
    for (;;) {
      kept.push(new Uint8Array(4 * MIB).fill(1));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  },
  array_buffers: () => {
    for (;;) kept.push(new Uint8Array(16 * MIB).fill(1));
  },
  one_array_buffer: () => {
    kept.push(new Uint8Array(1_000 * MIB).fill(1));
    for (;;);
  },
  shared_buffers: () => {
    for (;;) kept.push(new Uint8Array(new SharedArrayBuffer(16 * MIB)).fill(1));
  },
  wasm_memory: () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 65_536 });
    for (let pages = 256;; pages += 256) {
      memory.grow(256);
      new Uint8Array(memory.buffer).fill(1, pages * 65_536 - 256 * 65_536);
    }
  },
  json_parse: () => {
    const text = `[${"[1,2,3],".repeat(4_000_000)}0]`;
    for (;;) kept.push(JSON.parse(text));
  },
  json_stringify: () => {
    const value = new Array(1_000_000).fill("a text that is written again and again");
    for (;;) kept.push(JSON.stringify(value));
  },
  split: () => {
    for (;;) kept.push("a,".repeat(20_000_000).split(","));
  },
  huge_array: () => {
    for (;;) kept.push(new Array(100_000_000).fill(0.5));
  },
  structured_clone: () => {
    let value: unknown = new Array(100_000).fill("x");
    for (;;) value = [structuredClone(value), value];
  },
  worker: () => {
    const code = "const kept = []; for (;;) kept.push(new Uint8Array(16777216).fill(1));";
    new Worker(`data:text/javascript,${encodeURIComponent(code)}`, { type: "module" });
    return new Promise(() => {});
  },
};

export default defineTask({
  name: "bomb",
  description: "Uses more memory than it may",
  input: z.strictObject({ how: z.string(), folder: z.string() }),
  async run({ how }) {
    await new Map<string, () => unknown>(Object.entries(WAYS)).get(how)?.();
  },
});
