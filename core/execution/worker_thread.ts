/** A thread that is a Web Worker of the server: isolation `thread`. */
import { SENTENCES } from "../model/sentences.ts";
import type { FromThread, RunMessage, ToThread } from "./protocol.ts";
import { workerPermissions } from "./grants.ts";
import { watchForDeath } from "./death_watch.ts";
import type { LaneRow, SlotRow, StatsBlock } from "./stats_block.ts";
import type { StartThread, Thread, ThreadListener, ThreadSettings } from "./thread.ts";

class WorkerThread implements Thread {
  readonly pid = null;
  readonly #slot: number;
  readonly #stats: StatsBlock;
  readonly #listener: ThreadListener;
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #lockName = `lido-thread-${crypto.randomUUID()}`;
  #stopWatching: () => void = () => {};
  #isReady = false;
  #wasKilled = false;
  #isDead = false;
  #error = "it ended itself";

  constructor(settings: ThreadSettings, listener: ThreadListener) {
    const { slot, stats, permissions } = settings;
    this.#slot = slot;
    this.#stats = stats;
    this.#listener = listener;
    // Throws if a permission cannot be granted: nothing else is open by then.
    this.#worker = new Worker(new URL("./thread_main.ts", import.meta.url), {
      type: "module",
      deno: {
        permissions: workerPermissions({
          ...permissions,
          read: [...settings.codeFolders, ...permissions.read],
        }),
      },
    });
    // Without preventDefault() an error of one thread would end the server.
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(event.message);
    };
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#port.onmessage = ({ data }: MessageEvent<FromThread>) => this.#receive(data);
    stats.clearSlot(slot);
    this.#worker.postMessage(
      {
        kind: "boot",
        slot,
        block: stats.buffer,
        slots: stats.shape.slots,
        lanes: stats.shape.lanes,
        encoding: settings.encoding,
        isFramed: false,
        lockName: this.#lockName,
      } satisfies ToThread,
      [port2],
    );
  }

  run(message: RunMessage): void {
    this.#post(message);
  }

  setLanes(lanes: number): void {
    this.#post({ kind: "lanes", lanes });
  }

  stop(seq: number, reason: string): void {
    this.#stats.requestStop(this.#slot, seq);
    this.#post({ kind: "stop", seq, reason });
  }

  takeBack(epoch: number): void {
    this.#listener.takenBack(this.#stats.takeBack(this.#slot, epoch));
  }

  kill(): void {
    if (this.#wasKilled) return;
    this.#wasKilled = true;
    this.#worker.terminate();
    // It was given no task yet, and may never come to hold its lock: then it counts as dead at once.
    if (!this.#isReady) {
      this.#stopWatching = watchForDeath(this.#lockName, () => this.#die());
    }
  }

  loadRow(): SlotRow {
    return this.#stats.loadSlotRow(this.#slot);
  }

  loadLanes(): readonly LaneRow[] {
    return this.#stats.loadLanes(this.#slot);
  }

  silentMs(): number {
    return 0; // a thread that computes is silent: only its lock tells whether it lives
  }

  #post(message: ToThread): void {
    this.#port.postMessage(message);
    this.#stats.ring(this.#slot);
  }

  #receive(message: FromThread): void {
    switch (message.kind) {
      case "ready":
        if (this.#wasKilled) return;
        this.#isReady = true;
        this.#stopWatching = watchForDeath(this.#lockName, () => this.#die());
        return this.#listener.ready();
      case "outcomes":
        return this.#listener.outcomes(message);
      case "notes":
        return this.#listener.notes(message.notes);
      case "late_error":
        return this.#listener.lateError(message.seq, message.message);
      case "worn":
        return this.#listener.worn(message.reason);
    }
  }

  /** A thread that raised an error answers no more. */
  #fail(message: string): void {
    this.#error = message;
    this.kill();
    this.#stopWatching();
    this.#stopWatching = watchForDeath(this.#lockName, () => this.#die());
  }

  #die(): void {
    if (this.#isDead) return;
    this.#isDead = true;
    this.#stopWatching();
    this.#worker.terminate();
    this.#port.close();
    const code = this.#wasKilled ? "thread_killed" : "thread_exited";
    this.#listener.died({ code, message: SENTENCES.threadIsGone(this.#error) });
  }
}

/** Starts a Web Worker. Its constructor blocks the caller for 10 to 40 ms. */
export const startWorkerThread: StartThread = (settings, listener) =>
  new WorkerThread(settings, listener);
