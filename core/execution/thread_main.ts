/**
 * The thread's entry, the same in both isolations: a Web Worker of the server, or of a child
 * process. It only wires: messages come from a port that task code cannot reach, `TaskRunner` runs
 * the tasks, the realm guard watches what they leave behind.
 */
import { receiveMessageOnPort } from "node:worker_threads";
import type { LogLevel } from "../model/log_level.ts";
import type { z } from "zod";
import type { TaskDefinition } from "../tasks/define_task.ts";
import { isTaskDefinition } from "../tasks/define_task.ts";
import { holdWhileAlive } from "./death_watch.ts";
import { decodeBatch, encodeBatch } from "./frames.ts";
import type { BootMessage, FromThread, RunMessage, ToThread, TypeSource } from "./protocol.ts";
import { RealmGuard } from "./realm_guard.ts";
import { StatsBlock } from "./stats_block.ts";
import { TaskRunner } from "./task_runner.ts";
import type { TaskSpans } from "./task_spans.ts";

const HEARTBEAT_MS = 500;
/** How long a thread that is kept busy looks for its next message before it sleeps. */
const SPIN_MS = 0.1;
/** However often it finds one, timers and the like have their turn after so long. */
const SPIN_TOTAL_MS = 10;
/** It spins only if the last message came so soon after it had nothing to do. */
const SPIN_GAP_MS = 0.3;

// Captured first: task code may change what these names mean.
const realSetInterval = globalThis.setInterval;
const realPost = MessagePort.prototype.postMessage;
const { now } = performance;
/** Node's types know only Node's ports; the runtime's own are the same. */
const receiveNow = receiveMessageOnPort as (port: object) => { message: ToThread } | undefined;

/** What comes through a child's main thread: a batch that it did not open. */
interface FramedRun {
  readonly kind: "framed_run";
  readonly payload: string;
}

class ThreadMain {
  readonly #port: MessagePort;
  readonly #boot: BootMessage;
  readonly #stats: StatsBlock;
  readonly #runner: TaskRunner;
  #received = 0;
  #idleSinceMs = 0;
  #spins = false;

  constructor(boot: BootMessage, port: MessagePort) {
    this.#boot = boot;
    this.#port = port;
    this.#stats = StatsBlock.open(boot.block, { slots: boot.slots, lanes: boot.lanes });
    captureConsole((level, text) => this.#runner.writeLine(level, text));
    keepPlaceOfSpans();
    const guard = new RealmGuard((error, owner) => this.#runner.blame(owner, error));
    this.#runner = new TaskRunner({
      slot: boot.slot,
      stats: this.#stats,
      guard,
      encoding: boot.encoding,
      lanes: 1,
      load,
      openSpans,
      post: (message) => this.#post(message),
    });
    addEventListener("unhandledrejection", (event) => {
      event.preventDefault();
      this.#runner.blame(guard.owner, event.reason);
    });
    addEventListener("error", (event) => {
      event.preventDefault();
      this.#runner.blame(guard.owner, event.error ?? event.message);
    });
  }

  start(): void {
    this.#port.onmessage = ({ data }) => {
      this.#receive(data);
      this.#spin();
    };
    const beat = () => this.#runner.beat(Deno.memoryUsage().heapUsed);
    realSetInterval(beat, HEARTBEAT_MS);
    beat();
    this.#post({ kind: "ready" });
  }

  #receive(message: ToThread | FramedRun): void {
    if (!this.#spins) this.#spins = now.call(performance) - this.#idleSinceMs < SPIN_GAP_MS;
    this.#received++;
    switch (message.kind) {
      case "framed_run":
        this.#runner.run(openRun(message.payload));
        break;
      case "run":
        this.#runner.run(message);
        break;
      case "stop":
        this.#runner.stop(message.seq, message.reason);
        break;
      case "lanes":
        this.#runner.setLanes(message.lanes);
        break;
      case "boot":
        throw new TypeError("Cannot boot thread: it runs already");
    }
    this.#idleSinceMs = now.call(performance);
  }

  /** Waking a sleeping thread takes longer than most short tasks: see what comes next, for a while. */
  #spin(): void {
    const latest = now.call(performance) + SPIN_TOTAL_MS;
    while (this.#spins && this.#runner.isIdle && now.call(performance) < latest) {
      const end = now.call(performance) + SPIN_MS;
      while (this.#stats.loadInbox(this.#boot.slot) === this.#received) {
        if (now.call(performance) > end) {
          this.#spins = false;
          return;
        }
      }
      const message = receiveNow(this.#port);
      if (message === undefined) return; // the event loop has it already
      this.#receive(message.message);
    }
  }

  #post(message: FromThread): void {
    if (this.#boot.isFramed && message.kind === "outcomes") {
      const { kind, values, ...header } = message;
      const texts = values.map((value) =>
        value === undefined || value === null
          ? null
          : typeof value === "string"
          ? value
          : JSON.stringify(value)
      );
      const payload = encodeBatch(header, texts);
      realPost.call(this.#port, { kind: `framed_${kind}`, payload });
      return;
    }
    try {
      realPost.call(this.#port, message);
    } catch {
      // A result that cannot be cloned: only its own task fails.
      realPost.call(
        this.#port,
        message.kind === "outcomes" ? withoutUncloneable(message) : message,
      );
    }
  }
}

function withoutUncloneable(message: FromThread & { kind: "outcomes" }): FromThread {
  const codes = message.runMs.map((_, index) => message.codes[index] ?? "done");
  const values = message.values.map((value, index) => {
    try {
      return structuredClone(value);
    } catch (error) {
      codes[index] = "result_unserializable";
      return { name: "DataCloneError", message: String(error), stack: null };
    }
  });
  return { ...message, codes, values };
}

/** The header comes from the host, through the child's own main thread. */
function openRun(payload: string): RunMessage {
  const { header, texts } = decodeBatch(payload);
  return { ...header, kind: "run", inputs: texts } as unknown as RunMessage;
}

async function load(type: TypeSource): Promise<TaskDefinition<z.ZodType, z.ZodType>> {
  const module = await import(type.url);
  if (isTaskDefinition(module.default)) return module.default;
  throw new TypeError(`Cannot load task type ${type.name}: its file exports no defineTask`);
}

async function openSpans(): Promise<TaskSpans> {
  const { openTaskSpans } = await import("./task_spans.ts");
  return await openTaskSpans();
}

/**
 * Where OpenTelemetry keeps what is registered. It is there before the guard looks, since that happens
 * while tasks run, whom nobody shall blame for it.
 */
function keepPlaceOfSpans(): void {
  const place = Symbol.for("opentelemetry.js.api.1");
  if (!Reflect.has(globalThis, place)) Reflect.set(globalThis, place, undefined);
}

/** Before the guard looks at it: it is the thread's own change. */
function captureConsole(writeLine: (level: LogLevel, text: string) => void): void {
  const write = (level: LogLevel) => (...parts: unknown[]) =>
    writeLine(level, parts.map((part) => textOf(part)).join(" "));
  Object.assign(console, {
    debug: write("debug"),
    log: write("info"),
    info: write("info"),
    warn: write("warning"),
    error: write("error"),
  });
}

function textOf(part: unknown): string {
  if (typeof part === "string") return part;
  try {
    return Deno.inspect(part);
  } catch {
    return "A value that cannot be shown";
  }
}

/** The first message brings the port; after it, task code finds nothing here to talk to. */
addEventListener("message", (event) => {
  const { data, ports } = event as MessageEvent<BootMessage>; // the only message there ever is
  const port = ports[0];
  if (port === undefined) throw new TypeError("Cannot boot thread: no port came");
  holdWhileAlive(data.lockName);
  new ThreadMain(data, port).start();
}, { once: true });
