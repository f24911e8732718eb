/** A disk of its own that is small, can be filled, and can be made read-only: a tmpfs of Linux. */
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { runTool } from "./run_tool.ts";

const MIB = 1024 * 1024;

/** See the head of this file. Needs root: `sudo`, or a container with `CAP_SYS_ADMIN`. */
export class SmallDisk implements AsyncDisposable {
  private constructor(readonly path: string) {}

  static async mount(megabytes: number): Promise<SmallDisk> {
    const path = await Deno.makeTempDir({ prefix: "lido-disk-" });
    await runTool("mount", "-t", "tmpfs", "-o", `size=${megabytes}m,mode=0700`, "tmpfs", path);
    return new SmallDisk(path);
  }

  /** Takes all the space that is left, to the last byte. */
  fill(): void {
    const file = openSync(this.#filler, "a");
    try {
      for (let step = MIB; step >= 1;) {
        try {
          if (writeSync(file, new Uint8Array(step)) < step) throw new Deno.errors.WriteZero();
        } catch {
          step = Math.floor(step / 16);
        }
      }
    } finally {
      closeSync(file);
    }
  }

  /** Gives the space back that {@link fill} took. */
  empty(): void {
    rmSync(this.#filler, { force: true });
  }

  /** Nothing can be written from now on, also by whoever has a file open. */
  async makeReadOnly(): Promise<void> {
    // A plain remount is refused while files are open for writing.
    await runTool("mount", "-o", "remount,ro", this.path).catch(() =>
      runTool("mount", "-o", "remount,ro,bind", this.path)
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await runTool("umount", "-l", this.path);
    await Deno.remove(this.path);
  }

  get #filler(): string {
    return join(this.path, "filler");
  }
}

async function isMountable(): Promise<boolean> {
  try {
    await using _disk = await SmallDisk.mount(1);
    return true;
  } catch {
    return false;
  }
}

/** Whether this process may mount one. In CI it must. */
export const CAN_MOUNT: boolean = Deno.build.os === "linux" && Deno.uid() === 0 &&
  (Deno.env.get("CI") === "true" || await isMountable());
