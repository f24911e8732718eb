/**
 * The entry of the process that describes task files. Its main thread runs none of their code: it
 * forwards between the server (file descriptor 3, which task code cannot reach) and one Web Worker
 * that imports them. So it is also gone when the server is, whatever a task file does.
 */
import { Socket } from "node:net";
import process from "node:process";
import { workerPermissions } from "../execution/grants.ts";
import { watchForDeath } from "../execution/death_watch.ts";
import { EXIT_THREAD_GONE, LineReader } from "./describe_protocol.ts";

const channel = new Socket({ fd: 3, readable: true, writable: true });
const reader = new LineReader();
const { port1: port, port2 } = new MessageChannel();
const lockName = `lido-describer-${crypto.randomUUID()}`;
const leave = () => Deno.exit(0);

const worker = new Worker(new URL("./describe_worker.ts", import.meta.url), {
  type: "module",
  deno: {
    permissions: workerPermissions({ read: Deno.args, write: [], net: [], env: [] }),
  },
});
worker.onerror = (event) => {
  event.preventDefault();
  process.stderr.write(`${event.message}\n`);
  Deno.exit(EXIT_THREAD_GONE);
};

port.onmessage = ({ data }) => {
  if (data.kind === "ready") watchForDeath(lockName, () => Deno.exit(EXIT_THREAD_GONE));
  channel.write(`${JSON.stringify(data)}\n`);
};
channel.on("data", (chunk: Uint8Array) => {
  for (const url of reader.read(chunk)) port.postMessage(url);
});
channel.on("end", leave);
channel.on("close", leave);
channel.on("error", leave);
worker.postMessage(lockName, [port2]);
