/**
 * Watches over a thread's realm. Task code shares it with the next task on the same thread, so the
 * guard notices what a task left behind: timers, open handles, workers, changed built-ins. It mends
 * nothing: a thread whose realm is not as it was is replaced.
 *
 * It is made before any task code is loaded, and uses only what it captured then.
 */
import { AsyncLocalStorage } from "node:async_hooks";

/** Whom a timer or a promise belongs to. */
export interface Owner {
  /** Timers that have not fired. */
  timers: number;
}

const { get, ownKeys } = Reflect;

/** Where a function keeps the form of it that `promisify` of `node:util` gives. */
const PROMISIFIED = Symbol.for("nodejs.util.promisify.custom");

/** Own objects whose properties a task could change for those that come after it. */
const INTRINSICS: readonly object[] = [
  globalThis,
  Object,
  Object.prototype,
  Function.prototype,
  Array,
  Array.prototype,
  String.prototype,
  Number.prototype,
  Boolean.prototype,
  Symbol,
  Promise,
  Promise.prototype,
  JSON,
  Math,
  Map.prototype,
  Set.prototype,
  WeakMap.prototype,
  Reflect,
  RegExp.prototype,
  Date,
  Date.prototype,
  Error,
  Error.prototype,
  Uint8Array.prototype,
  Object.getPrototypeOf(Uint8Array.prototype),
  ArrayBuffer.prototype,
  AbortController.prototype,
  AbortSignal.prototype,
  Event.prototype,
  EventTarget.prototype,
  MessagePort.prototype,
  TextEncoder.prototype,
  TextDecoder.prototype,
  Atomics,
  Performance.prototype,
  performance,
  MessageEvent.prototype,
  console,
];

/** Reading these has an effect, or warns: their presence is checked, not their value. */
function isReadable(object: object, key: PropertyKey): boolean {
  const descriptor = Object.getOwnPropertyDescriptor(object, key);
  return descriptor !== undefined && "value" in descriptor &&
    typeof descriptor.value === "function";
}

interface Watched {
  readonly object: object;
  /** How many properties it has; -1 where the runtime itself adds some when they are first used. */
  readonly keys: number;
  readonly functions: readonly { readonly key: PropertyKey; readonly value: unknown }[];
}

function watch(object: object): Watched {
  return {
    object,
    keys: object === console ? -1 : ownKeys(object).length,
    functions: ownKeys(object).filter((key) => isReadable(object, key))
      .map((key) => ({ key, value: Reflect.get(object, key) })),
  };
}

/** See the head of this file. */
export class RealmGuard {
  /** Whose code runs now, through awaits and callbacks. */
  readonly owners: AsyncLocalStorage<Owner> = new AsyncLocalStorage();
  /** Whose code runs now, when it is run without following its asynchronous context. */
  current: Owner | undefined;
  #watched: readonly Watched[];
  readonly #handles: number;
  #startedWorker = false;

  /** `onLateThrow` is told what a timer's callback threw, and whose it was. */
  constructor(onThrow: (error: unknown, owner: Owner | undefined) => void) {
    this.#ownTimers(onThrow);
    this.#noticeWorkers();
    this.#watched = INTRINSICS.map(watch);
    this.#handles = countHandles();
  }

  /** Whose code this is that runs now; undefined where its context was lost. */
  get owner(): Owner | undefined {
    return this.current ?? this.owners.getStore();
  }

  /** The cheap look after each task: what plain assignment to a prototype leaves. */
  isPolluted(): boolean {
    for (const _ in EMPTY_OBJECT) return true;
    for (const _ in EMPTY_ARRAY) return true;
    return false;
  }

  /** The full look: what is not as it was, in a few words; undefined when all is. */
  findDamage(): string | undefined {
    if (this.#startedWorker) return "it started a worker";
    if (countHandles() > this.#handles) return "it left files or connections open";
    // By index: what a task did to iteration shall not help it.
    for (let at = 0; at < this.#watched.length; at++) {
      const watched = this.#watched[at];
      if (watched !== undefined && isChanged(watched)) return "it changed built-in objects";
    }
    return undefined;
  }

  /** A module was loaded: what it added while it was is no task's doing. */
  accept(): void {
    this.#watched = INTRINSICS.map(watch);
  }

  /** Timers know whose they are, so that what they throw is blamed on the right task. */
  #ownTimers(onThrow: (error: unknown, owner: Owner | undefined) => void): void {
    const owned = new Map<unknown, Owner>();
    const done = (id: unknown) => {
      const owner = owned.get(id);
      if (owner === undefined) return;
      owned.delete(id);
      owner.timers--;
    };
    const begin = (
      start: (run: unknown) => unknown,
      callback: unknown,
      { isOnce, args }: { readonly isOnce: boolean; readonly args: readonly unknown[] },
    ) => {
      if (typeof callback !== "function") return start(callback); // it throws
      const { owner } = this;
      const id = start(() => {
        if (isOnce) done(id);
        try {
          callback(...args);
        } catch (error) {
          onThrow(error, owner);
        }
      });
      if (owner !== undefined) {
        owned.set(id, owner);
        owner.timers++;
      }
      return id;
    };
    const wrapPromised = (start: unknown) => async (...args: unknown[]) => {
      const { owner = { timers: 0 } } = this;
      owner.timers++;
      try {
        return await (start as (...args: unknown[]) => unknown)(...args); // the runtime's own
      } finally {
        owner.timers--;
      }
    };
    const replace = (name: "setTimeout" | "setInterval" | "setImmediate", wrapped: object) => {
      const original = globalThis[name];
      if (PROMISIFIED in original) {
        // Only when it is asked for: the runtime loads it then, which takes long.
        Object.defineProperty(wrapped, PROMISIFIED, {
          get: () => wrapPromised(get(original, PROMISIFIED)),
        });
      }
      Reflect.set(globalThis, name, wrapped);
    };
    const wrapStart = (name: "setTimeout" | "setInterval") => {
      const start = globalThis[name] as (run: unknown, delayMs: unknown) => unknown; // any delay
      const isOnce = name === "setTimeout";
      replace(
        name,
        (callback: unknown, delayMs: unknown, ...args: unknown[]) =>
          begin((run) => start(run, delayMs), callback, { isOnce, args }),
      );
    };
    const wrapClear = (name: "clearTimeout" | "clearInterval" | "clearImmediate") => {
      const clear: (id: unknown) => void = globalThis[name] as (id: unknown) => void; // any id
      Reflect.set(globalThis, name, (id: unknown) => {
        done(id);
        clear(id);
      });
    };
    const startImmediate = globalThis.setImmediate as (run: unknown) => unknown;
    replace(
      "setImmediate",
      (callback: unknown, ...args: unknown[]) =>
        begin(startImmediate, callback, { isOnce: true, args }),
    );
    wrapStart("setTimeout");
    wrapStart("setInterval");
    wrapClear("clearTimeout");
    wrapClear("clearInterval");
    wrapClear("clearImmediate");
  }

  #noticeWorkers(): void {
    const notice = () => this.#startedWorker = true;
    globalThis.Worker = class extends Worker {
      constructor(...args: ConstructorParameters<typeof Worker>) {
        notice();
        super(...args);
      }
    };
  }
}

function isChanged({ object, keys, functions }: Watched): boolean {
  if (keys >= 0 && ownKeys(object).length !== keys) return true;
  for (let at = 0; at < functions.length; at++) {
    const one = functions[at];
    // An own property of a captured object: no prototype is asked.
    if (one !== undefined && (object as Record<PropertyKey, unknown>)[one.key] !== one.value) {
      return true;
    }
  }
  return false;
}

const EMPTY_OBJECT = {};
const EMPTY_ARRAY: unknown[] = [];

/** Deno's table of open files, sockets and so on; it has no public name, and may change. */
interface DenoCore {
  resources?(): object;
}
const internal: unknown = Reflect.get(Deno, Reflect.get(Deno, "internal") ?? "");
const core: DenoCore | undefined = (internal as { core?: DenoCore } | undefined)?.core;
const readResources = core?.resources?.bind(core);

function countHandles(): number {
  return readResources === undefined ? 0 : ownKeys(readResources()).length;
}
