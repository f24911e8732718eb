import { createReadStream, createWriteStream, openSync, readSync, writeSync } from "node:fs";
import { Socket } from "node:net";
import { parentPort, receiveMessageOnPort } from "node:worker_threads";
import { defineTask, z } from "lido";
import { noteBegun } from "./note_begun.ts";

/** Of a Web Worker; the types know a page's only. */
const post: (message: unknown) => void = Reflect.get(globalThis, "postMessage");

const LIDO_FDS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

/** A frame of the control channel, as `core/execution/frames.ts` writes it, but for its key. */
function frame(kind: number, payload: string): Uint8Array {
  const bytes = new TextEncoder().encode(payload);
  const whole = new Uint8Array(13 + bytes.length);
  const view = new DataView(whole.buffer);
  view.setUint32(0, bytes.length, true);
  view.setUint8(4, kind);
  whole.set(bytes, 13);
  return whole;
}

const FORGED = {
  kind: "outcomes",
  seqs: [0, 1, 2],
  tokens: [0, 0, 0],
  codes: [],
  startedAtMs: [0, 0, 0],
  runMs: [0, 0, 0],
  values: ['"forged"', '"forged"', '"forged"'],
};
const { values: _, kind: __, ...header } = FORGED;
const FRAME = frame(
  2,
  `${JSON.stringify({ ...header, lengths: [8, 8, 8] })}\n${'"forged"'.repeat(3)}`,
);

/** Tries all; it is no fault that some are refused. */
async function tryAll(tries: readonly (() => unknown)[]): Promise<void> {
  for (const one of tries) {
    try {
      await one();
    } catch {
      continue;
    }
  }
}

const forEver = new Promise(() => {});

/** Ways to say what only Lido's own code may say. Each then waits: only a forgery could end it. */
const WAYS: Record<string, () => unknown> = {
  post_message: () => {
    post(FORGED);
    post({ kind: "framed_outcomes", payload: "{}\n" });
  },
  parent_port: () => {
    parentPort?.postMessage(FORGED);
  },
  stolen_message: () => {
    const ports = Object.values(globalThis).filter((value) => value instanceof MessagePort);
    for (const port of ports) receiveMessageOnPort(port as never);
    dispatchEvent(new MessageEvent("message", { data: { kind: "boot" } }));
  },
  write_fds: () => tryAll(LIDO_FDS.map((fd) => () => writeSync(fd, FRAME))),
  read_fds: () =>
    tryAll(LIDO_FDS.filter((fd) => fd > 2).map((fd) => () => readSync(fd, new Uint8Array(64)))),
  socket_of_fd: () =>
    tryAll(LIDO_FDS.map((fd) => () => {
      const socket = new Socket({ fd, readable: true, writable: true });
      socket.on("error", () => {});
      socket.write(FRAME);
    })),
  stream_of_fd: () =>
    tryAll(LIDO_FDS.flatMap((fd) => [
      () => createWriteStream("", { fd }).on("error", () => {}).write(FRAME),
      () => createReadStream("", { fd }).on("error", () => {}).read(),
    ])),
  open_fd: () =>
    tryAll(LIDO_FDS.flatMap((fd) => [
      () => writeSync(openSync(`/proc/self/fd/${fd}`, "r+"), FRAME),
      () => writeSync(openSync(`/dev/fd/${fd}`, "r+"), FRAME),
      () => Deno.openSync(`/dev/fd/${fd}`, { write: true }).writeSync(FRAME),
    ])),
  raw_resources: () => {
    const internal = Reflect.get(Deno, Reflect.get(Deno, "internal")).core;
    const write = (rid: number) => () => internal.writeSync(rid, FRAME);
    return tryAll(Array.from({ length: 50 }, (_, rid) => write(rid)));
  },
  stdout: () => {
    Deno.stdout.writeSync(FRAME);
    Deno.stderr.writeSync(FRAME);
  },
  broadcast: () => new BroadcastChannel("lido").postMessage(FORGED),
};

export default defineTask({
  name: "forger",
  description: "Says what only Lido may say",
  input: z.strictObject({ how: z.string(), folder: z.string() }),
  async run({ how, folder }) {
    noteBegun(folder);
    await WAYS[how]?.();
    await forEver;
  },
});
