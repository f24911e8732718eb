import { openSync } from "node:fs";
import { createServer } from "node:http";
import { defineTask, z } from "lido";

/** What a task could leave open; what is kept here cannot be collected as garbage. */
const kept: unknown[] = [];

const LOOP = "data:text/javascript,for(;;);";

const WAYS: Record<string, (folder: string) => unknown> = {
  timeout: () => setTimeout(() => {}, 60_000),
  interval: () => setInterval(() => {}, 1),
  busy_interval: () =>
    setInterval(() => {
      for (let round = 0; round < 10_000_000; round++);
    }),
  file: async (folder) => kept.push(await Deno.open(folder)),
  file_of_node: (folder) => kept.push(openSync(folder, "r")),
  listener: () => kept.push(Deno.listen({ hostname: "127.0.0.1", port: 0 })),
  server: () => {
    kept.push(
      Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => new Response("leaked")),
    );
  },
  server_of_node: () => kept.push(createServer().listen(0, "127.0.0.1")),
  worker: () => kept.push(new Worker("data:text/javascript,", { type: "module" })),
  looping_worker: () => kept.push(new Worker(LOOP, { type: "module" })),
  many_workers: () => {
    for (let count = 0; count < 10; count++) kept.push(new Worker(LOOP, { type: "module" }));
  },
  broadcast_channel: () => {
    const channel = new BroadcastChannel("lido");
    channel.onmessage = () => {};
    kept.push(channel);
  },
  signal_listener: () => Deno.addSignalListener("SIGTERM", () => {}),
};

export default defineTask({
  name: "leaker",
  description: "Leaves something open",
  input: z.strictObject({ how: z.string(), folder: z.string() }),
  async run({ how, folder }) {
    await WAYS[how]?.(folder);
    return Deno.pid;
  },
});
