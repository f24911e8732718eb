import { defineTask, z } from "lido";

/** Waits without a timer: for so many replies of the file system. */
async function waitWithoutTimer(folder: string): Promise<void> {
  for (let round = 0; round < 50; round++) await Deno.stat(folder);
}

/** What happens after the task has ended. Some leave a timer to be seen by. */
const WAYS: Record<string, (folder: string) => unknown> = {
  timer_throws: () => setTimeout(() => throwLate(), 50),
  timer_rejects: () => setTimeout(() => Promise.reject(new Error("late")), 50),
  throws_at_once: () => queueMicrotask(() => throwLate()),
  chain_rejects: (folder) => void waitWithoutTimer(folder).then(() => throwLate()),
  channel_throws: (folder) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      throwLate();
    };
    waitWithoutTimer(folder).then(() => port2.postMessage(null));
  },
  timer_exits: () => setTimeout(() => Deno.exit(0), 50),
  timer_loops: () =>
    setTimeout(() => {
      for (;;);
    }, 50),
};

function throwLate(): never {
  throw new Error("late");
}

export default defineTask({
  name: "late",
  description: "Does harm after it has ended",
  input: z.strictObject({ how: z.string(), folder: z.string() }),
  run({ how, folder }) {
    WAYS[how]?.(folder);
    return "done";
  },
});
