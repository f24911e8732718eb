import process from "node:process";
import { defineTask, z } from "lido";
import { noteBegun } from "./note_begun.ts";

const forEver = new Promise(() => {});

function killSelf(signal: Deno.Signal) {
  Deno.kill(Deno.pid, signal);
  return forEver;
}

/** Ways to end the thread or the process that the task runs in. */
const WAYS = {
  exit_0: () => Deno.exit(0),
  exit_7: () => Deno.exit(7),
  exit_99: () => Deno.exit(99),
  exit_133: () => Deno.exit(133),
  process_exit: () => process.exit(0),
  really_exit: () => (process as unknown as { reallyExit(code: number): void }).reallyExit(5),
  exit_in_timer: () => {
    setTimeout(() => Deno.exit(0));
    return forEver;
  },
  exit_after_await: async () => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    Deno.exit(0);
  },
  self_close: () => {
    self.close();
    return forEver;
  },
  self_close_and_loop: () => {
    self.close();
    for (;;);
  },
  abort: () => process.abort(),
  sigkill: () => killSelf("SIGKILL"),
  sigkill_by_process: () => {
    process.kill(process.pid, "SIGKILL");
    return forEver;
  },
  sigterm: () => killSelf("SIGTERM"),
  sigint: () => killSelf("SIGINT"),
  sighup: () => killSelf("SIGHUP"),
  sigquit: () => killSelf("SIGQUIT"),
  sigsegv: () => {
    // The first one that no fault of memory caused only takes the runtime's own handler away.
    for (;;) Deno.kill(Deno.pid, "SIGSEGV");
  },
  sigabrt: () => killSelf("SIGABRT"),
  sigpipe: () => {
    Deno.kill(Deno.pid, "SIGPIPE"); // ignored by the runtime
  },
  sigstop: async () => {
    await new Promise((resolve) => setTimeout(resolve, 500)); // its child tells what it runs
    killSelf("SIGSTOP");
  },
  kill_server: () => Deno.kill(Deno.ppid, "SIGKILL"),
  kill_group: () => process.kill(0, "SIGKILL"),
  stack_overflow: () => {
    const deeper = (): number => 1 + deeper();
    return deeper();
  },
};

export default defineTask({
  name: "dying",
  description: "Ends the thread or the process that it runs in",
  input: z.strictObject({ how: z.string(), folder: z.string() }),
  async run({ how, folder }) {
    noteBegun(folder);
    await new Map<string, () => unknown>(Object.entries(WAYS)).get(how)?.();
  },
});
