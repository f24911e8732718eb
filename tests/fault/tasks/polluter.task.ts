import { defineTask, z } from "lido";
import { noteBegun } from "./note_begun.ts";

function set(object: object, key: PropertyKey, value: unknown): void {
  Object.defineProperty(object, key, { value, writable: true, configurable: true });
}

const broken = () => {
  throw new Error("polluted");
};

/** What a task could change for those that come after it on the same thread. */
const WAYS: Record<string, () => unknown> = {
  object_prototype: () => Reflect.set(Object.prototype, "leftBehind", true),
  object_prototype_hidden: () => Object.defineProperty(Object.prototype, "leftBehind", {}),
  object_prototype_setter: () =>
    Object.defineProperty(Object.prototype, "kind", {
      configurable: true,
      set: broken,
    }),
  array_prototype: () => Reflect.set(Array.prototype, "leftBehind", true),
  array_push: () => set(Array.prototype, "push", broken),
  array_iterator: () => set(Array.prototype, Symbol.iterator, broken),
  array_map: () => set(Array.prototype, "map", () => []),
  global: () => Reflect.set(globalThis, "leftBehind", true),
  json: () => set(JSON, "stringify", () => '{"forged":true}'),
  json_parse: () => set(JSON, "parse", () => ({ forged: true })),
  promise_then: () => set(Promise.prototype, "then", broken),
  function_call: () => set(Function.prototype, "call", broken),
  map_get: () => set(Map.prototype, "get", broken),
  date_now: () => set(Date, "now", () => 0),
  set_timeout: () => set(globalThis, "setTimeout", broken),
  post_message: () => set(MessagePort.prototype, "postMessage", broken),
  atomics: () => set(Atomics, "add", broken),
};

export default defineTask({
  name: "polluter",
  description: "Changes what all code of its thread shares",
  input: z.strictObject({ how: z.string(), folder: z.string() }),
  run({ how, folder }) {
    noteBegun(folder);
    WAYS[how]?.();
    return null;
  },
});
