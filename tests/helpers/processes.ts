/** What Linux says of processes. Reading `/proc` needs all permissions, which tests have. */

/** Direct children of a process, of all its threads. */
export function childrenOf(pid: number): number[] {
  try {
    return [...Deno.readDirSync(`/proc/${pid}/task`)].flatMap(({ name }) =>
      Deno.readTextFileSync(`/proc/${pid}/task/${name}/children`).split(" ").filter(Boolean)
        .map(Number)
    );
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return []; // it, or one of its threads, just ended
    throw error;
  }
}

/** Whether a process has ended: one that nobody has reaped yet counts as gone. */
export function isGone(pid: number): boolean {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    return /^[ZX]$/.test(stat.slice(stat.lastIndexOf(")") + 2)[0] ?? "");
  } catch (error) {
    // ESRCH: it ended between open and read.
    if (error instanceof Deno.errors.NotFound || String(error).includes("os error 3")) return true;
    throw error;
  }
}

/** How many descriptors a process has open. */
export function descriptorsOf(pid: number): number {
  return [...Deno.readDirSync(`/proc/${pid}/fd`)].length;
}

/** Resident memory of a process, in MiB. */
export function residentMb(pid: number): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}
