/** A thread that is a child process: isolation `process`. See `child_main.ts` for its other side. */
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { SENTENCES } from "../model/sentences.ts";
import {
  EXIT_FORGERY,
  EXIT_OUT_OF_MEMORY,
  EXIT_THREAD_GONE,
  type ToChild,
} from "./child_protocol.ts";
import {
  decodeBatch,
  encodeBatch,
  type Frame,
  type FrameKind,
  FrameReader,
  NO_KEY,
  writeFrame,
} from "./frames.ts";
import { FromChild, OutcomesHeader } from "./from_child.ts";
import { childArguments } from "./grants.ts";
import type { RunMessage } from "./protocol.ts";
import { type Child, spawnChild } from "./spawn_child.ts";
import type { LaneRow, SlotRow } from "./stats_block.ts";
import type { Death, StartThread, Thread, ThreadListener, ThreadSettings } from "./thread.ts";
import { messageOf } from "../model/errors.ts";
import { isLidosOwn } from "../model/grant.ts";

const CHILD_MAIN = fileURLToPath(new URL("./child_main.ts", import.meta.url));
/** What is kept of what a child says on standard error, and how fast it is read at the most. */
const STDERR_CHARS_MAX = 4_096;
const STDERR_PAUSE_MS = 50;
/** A heap that grew beyond the flag ends the process by SIGTRAP, or with this code. */
const EXIT_V8_OUT_OF_MEMORY = 133;

const NO_ROW: SlotRow = { heartbeatAtMs: 0, done: 0, failed: 0, busyMs: 0, memoryBytes: 0 };

class ChildThread implements Thread {
  readonly #settings: ThreadSettings;
  readonly #listener: ThreadListener;
  readonly #child: Child;
  readonly #key = crypto.getRandomValues(new BigUint64Array(1))[0] ?? NO_KEY;
  readonly #reader = new FrameReader(this.#key);
  #stderr = "";
  #stderrTimer: ReturnType<typeof setTimeout> | undefined;
  #row: SlotRow = NO_ROW;
  #lanes: readonly LaneRow[] = [];
  #heardMs = performance.now();
  #forgery: string | undefined;
  #isDead = false;

  constructor(settings: ThreadSettings, listener: ThreadListener) {
    this.#settings = settings;
    this.#listener = listener;
    const { memoryMb, codeFolders } = settings;
    const permissions = {
      ...settings.permissions,
      read: [...codeFolders, ...settings.permissions.read],
    };
    this.#child = spawnChild(
      childArguments(CHILD_MAIN, { memoryMb, permissions }),
      environmentFor(settings),
    );
    const { process, channel, stderr } = this.#child;
    process.on("exit", (code, signal) => this.#die(this.#causeOf(code, signal)));
    process.on("error", ({ message }) => this.#die({ code: "thread_exited", message }));
    channel?.on("data", (chunk: Uint8Array) => this.#read(chunk));
    if (stderr !== undefined) this.#readStderr(stderr);
    this.#say({ kind: "boot", key: String(this.#key), memoryMb, permissions });
  }

  get pid(): number | null {
    return this.#child.process.pid ?? null;
  }

  run({ kind: _, inputs, ...header }: RunMessage): void {
    this.#heardMs = performance.now(); // an idle child is silent
    const texts = inputs.map((input) => typeof input === "string" ? input : null);
    this.#write("run", encodeBatch(header, texts));
  }

  setLanes(lanes: number): void {
    this.#say({ kind: "lanes", lanes });
  }

  stop(seq: number, reason: string): void {
    this.#say({ kind: "stop", seq, reason });
  }

  takeBack(epoch: number): void {
    this.#say({ kind: "take_back", epoch });
  }

  kill(): void {
    this.#child.process.kill("SIGKILL");
  }

  loadRow(): SlotRow {
    return this.#row;
  }

  loadLanes(): readonly LaneRow[] {
    return this.#lanes;
  }

  silentMs(): number {
    return performance.now() - this.#heardMs;
  }

  #say(message: ToChild): void {
    this.#write("control", JSON.stringify(message));
  }

  #write(kind: FrameKind, payload: string): void {
    const { channel } = this.#child;
    if (channel !== undefined) writeFrame(channel, kind, payload, NO_KEY);
  }

  #read(chunk: Uint8Array): void {
    if (this.#forgery !== undefined) return;
    try {
      for (const frame of this.#reader.read(chunk)) this.#open(frame);
    } catch (error) {
      // Nothing but task code that got hold of the channel speaks like this.
      this.#forgery = messageOf(error);
      this.kill();
    }
  }

  /** A row without a task is no sign of life: the thread may never have got what it was sent. */
  #open({ kind, payload }: Frame): void {
    if (kind === "outcomes") return this.#openOutcomes(payload);
    const message = FromChild.parse(JSON.parse(payload));
    if (message.kind !== "row" || message.lanes.length > 0) this.#heardMs = performance.now();
    switch (message.kind) {
      case "ready":
        return this.#listener.ready();
      case "taken_back":
        return this.#listener.takenBack(message.first);
      case "late_error":
        return this.#listener.lateError(message.seq, message.message);
      case "worn":
        return this.#listener.worn(message.reason);
      case "notes":
        return this.#listener.notes(message.notes);
      case "row":
        this.#row = message.row;
        this.#lanes = message.lanes;
    }
  }

  #openOutcomes(payload: string): void {
    this.#heardMs = performance.now();
    const { header, texts } = decodeBatch(payload);
    const columns = OutcomesHeader.parse(header);
    const values = columns.runMs.map((_, index) => {
      const text = texts[index] ?? undefined;
      if (text === undefined) return undefined;
      const isResult = (columns.codes[index] ?? "done") === "done";
      // The child's main thread has seen that it is JSON.
      return isResult && this.#settings.encoding === "json" ? text : JSON.parse(text);
    });
    this.#listener.outcomes({ kind: "outcomes", ...columns, values });
  }

  /** Slowly: a task that floods standard error shall wait for its pipe, not the server for the task. */
  #readStderr(stream: Readable): void {
    stream.on("data", (chunk: Uint8Array) => {
      this.#stderr = (this.#stderr + new TextDecoder().decode(chunk)).slice(-STDERR_CHARS_MAX);
      stream.pause();
      this.#stderrTimer = setTimeout(() => stream.resume(), STDERR_PAUSE_MS);
    });
  }

  #die(death: Death): void {
    if (this.#isDead) return; // a failed start can be told of twice
    this.#isDead = true;
    clearTimeout(this.#stderrTimer);
    this.#child.channel?.destroy();
    this.#listener.died(death);
  }

  #causeOf(code: number | null, signal: string | null): Death {
    if (code === EXIT_FORGERY) this.#forgery = "a result that is no JSON";
    if (this.#forgery !== undefined) {
      return {
        code: "protocol_violation",
        message: `The thread sent what it may not: ${this.#forgery}`,
      };
    }
    const { memoryMb } = this.#settings;
    const isHeapFull = /out of memory/i.test(this.#stderr);
    if (
      code === EXIT_OUT_OF_MEMORY || code === EXIT_V8_OUT_OF_MEMORY ||
      isHeapFull && signal !== "SIGKILL"
    ) {
      return {
        code: "out_of_memory",
        message: SENTENCES.usedTooMuchMemory(memoryMb),
      };
    }
    if (signal !== null) return { code: "thread_killed", message: SENTENCES.endedBySignal(signal) };
    const how = code === EXIT_THREAD_GONE ? "ended its thread" : `ended its process (code ${code})`;
    const said = this.#stderr.trim().split("\n").at(-1);
    return { code: "thread_exited", message: `The task ${how}${said ? `: ${said}` : ""}` };
  }
}

/** Cleared, but for what the permissions name; the cache is the pool's own. */
function environmentFor({ env, permissions, cacheFolder }: ThreadSettings): Record<string, string> {
  const named = Object.entries(env).filter(([name]) =>
    permissions.env.some((grant) => isMeant(name, grant))
  );
  return { ...Object.fromEntries(named), DENO_DIR: cacheFolder, NO_COLOR: "1" };
}

/** A pattern such as `AWS_*` means all that begin so; Lido's own were never given by one. */
function isMeant(name: string, grant: string): boolean {
  if (!grant.endsWith("*")) return name === grant;
  return name.startsWith(grant.slice(0, -1)) && !isLidosOwn(name);
}

/** Starts a child process. Forking blocks the caller for a few milliseconds. */
export const startChildThread: StartThread = (settings, listener) =>
  new ChildThread(settings, listener);
