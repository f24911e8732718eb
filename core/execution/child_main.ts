/**
 * The entry of a child process, which is one slot of a pool in isolation `process`. Its main thread
 * runs no task code: it forwards batches as they are between the control channel (file descriptor 3)
 * and one Web Worker, tells ten times a second how a task
 * stands, watches the memory, and is gone when its parent is.
 */
import { Socket } from "node:net";
import process from "node:process";
import {
  type ChildBoot,
  EXIT_FORGERY,
  EXIT_OUT_OF_MEMORY,
  EXIT_THREAD_GONE,
  type ToChild,
} from "./child_protocol.ts";
import { ChildDuty } from "./child_duty.ts";
import { watchForDeath } from "./death_watch.ts";
import { decodeBatch, decodeHeader, FrameReader, NO_KEY, writeFrame } from "./frames.ts";
import { RESULT_CHARS_MAX } from "../model/limits.ts";
import { workerPermissions } from "./grants.ts";
import type { FromThread, ToThread } from "./protocol.ts";
import { StatsBlock } from "./stats_block.ts";

const SLOT = 0;
const SHAPE = { slots: 1, lanes: 64 } as const;
/** While it has something to run it looks after it so often, and tells of it every fifth time. */
const WATCH_EVERY_MS = 20;
const LOOKS_PER_ROW = 5;

/** Of what the host, which alone writes here, says of a batch. */
interface SentHeader {
  readonly first: number;
  readonly lengths: readonly number[];
}

type FromWorker = FromThread | { readonly kind: "framed_outcomes"; readonly payload: string };

class Child {
  readonly #channel = new Socket({ fd: 3, readable: true, writable: true });
  readonly #reader = new FrameReader(NO_KEY);
  #key = NO_KEY;
  readonly #stats = StatsBlock.create(SHAPE);
  #port: MessagePort | undefined;
  #memoryMaxBytes = Infinity;
  #watch: ReturnType<typeof setInterval> | undefined;
  #looks = 0;
  /** An idle child ends its watch, and costs nothing. */
  readonly #duty = new ChildDuty();
  /** The task that ran when it was looked last, and the last that was told of as it takes long. */
  #seenSeq = -1;
  #toldSeq = -1;

  start(): void {
    const leave = () => Deno.exit(0);
    this.#channel.on("data", (chunk: Uint8Array) => {
      for (const { kind, payload } of this.#reader.read(chunk)) {
        if (kind === "run") this.#run(payload);
        // The channel's other end is Lido's own server.
        else this.#obey(JSON.parse(payload) as ToChild);
      }
    });
    this.#channel.on("end", leave);
    this.#channel.on("close", leave);
    this.#channel.on("error", leave);
  }

  #obey(message: ToChild): void {
    switch (message.kind) {
      case "boot":
        return this.#startWorker(message);
      case "take_back": {
        const first = this.#stats.takeBack(SLOT, message.epoch);
        this.#duty.takenBack(first);
        return this.#say({ kind: "taken_back", first });
      }
      case "stop":
        this.#stats.requestStop(SLOT, message.seq);
        return this.#toWorker(message);
      case "lanes":
        return this.#toWorker(message);
    }
  }

  #startWorker({ key, permissions, memoryMb }: ChildBoot): void {
    this.#key = BigInt(key);
    const { port1, port2 } = new MessageChannel();
    const lockName = `lido-thread-${crypto.randomUUID()}`;
    this.#port = port1;
    port1.onmessage = ({ data }: MessageEvent<FromWorker>) => this.#fromWorker(data, lockName);
    const worker = new Worker(new URL("./thread_main.ts", import.meta.url), {
      type: "module",
      deno: {
        permissions: workerPermissions(permissions),
      },
    });
    worker.onerror = (event) => {
      event.preventDefault();
      process.stderr.write(`${event.message}\n`);
      Deno.exit(EXIT_THREAD_GONE);
    };
    worker.postMessage(
      {
        kind: "boot",
        slot: SLOT,
        block: this.#stats.buffer,
        ...SHAPE,
        encoding: "json",
        isFramed: true,
        lockName,
      } satisfies ToThread,
      [port2],
    );
    this.#memoryMaxBytes = memoryMb * 1024 * 1024;
  }

  #fromWorker(message: FromWorker, lockName: string): void {
    if (message.kind === "framed_outcomes") {
      const count = checkResults(message.payload);
      writeFrame(this.#channel, "outcomes", message.payload, this.#key);
      this.#duty.ended(count);
      this.#watchOn();
      return;
    }
    if (message.kind === "ready") {
      watchForDeath(lockName, () => Deno.exit(EXIT_THREAD_GONE));
      this.#tellRow();
    }
    this.#say(message);
  }

  #run(payload: string): void {
    this.#toWorker({ kind: "framed_run", payload });
    this.#looks = 0;
    const { first, lengths } = decodeHeader(payload) as unknown as SentHeader;
    this.#duty.sent(first, lengths.length);
    this.#watchOn();
  }

  #watchOn(): void {
    this.#watch ??= setInterval(() => this.#look(), WATCH_EVERY_MS);
  }

  #look(): void {
    const tasks = this.#stats.loadLanes(SLOT);
    if (Deno.memoryUsage().rss > this.#memoryMaxBytes && tasks.length > 0) {
      Deno.exit(EXIT_OUT_OF_MEMORY);
    }
    const isOver = this.#duty.isOver(this.#stats.loadSlotRow(SLOT).heartbeatAtMs);
    // Those that were sent behind a task that takes long are waited for: say so at once.
    const seq = tasks[0]?.seq ?? -1;
    const isNews = seq >= 0 && seq === this.#seenSeq && seq !== this.#toldSeq;
    this.#seenSeq = seq;
    if (isNews || isOver || ++this.#looks % LOOKS_PER_ROW === 0) this.#tellRow();
    if (isNews) this.#toldSeq = seq;
    if (!isOver) return;
    clearInterval(this.#watch);
    this.#watch = undefined;
  }

  #tellRow(): void {
    const lanes = this.#stats.loadLanes(SLOT);
    const row = { ...this.#stats.loadSlotRow(SLOT), memoryBytes: Deno.memoryUsage().rss };
    // The thread's own heartbeat stands still while a task computes; this one tells of the child.
    this.#say({ kind: "row", row: { ...row, heartbeatAtMs: Date.now() }, lanes });
  }

  #say(message: object): void {
    writeFrame(this.#channel, "control", JSON.stringify(message), this.#key);
  }

  #toWorker(message: object): void {
    this.#port?.postMessage(message);
    this.#stats.ring(SLOT);
  }
}

/**
 * Task code may have changed how its thread writes JSON, and results go into the server's answers
 * as they stand: here, where it reaches nothing, and not in the server, it is seen that they are JSON.
 * Gives how many tasks they are of.
 */
function checkResults(payload: string): number {
  try {
    const { header, texts } = decodeBatch(payload);
    for (const text of texts) {
      if (text !== null && text.length > RESULT_CHARS_MAX) throw new RangeError("It is too long");
      if (text !== null) JSON.parse(text);
    }
    return (header.runMs as readonly number[]).length; // the host looks at what else it says
  } catch {
    Deno.exit(EXIT_FORGERY);
  }
}

new Child().start();
