/** How many descriptors (files, sockets, pipes) this process may have open; undefined where nobody says. */
export function descriptorLimit(): number | undefined {
  if (Deno.build.os === "windows") return undefined;
  try {
    // The runtime has raised its own limit as far as it may, and children inherit it.
    const { stdout } = new Deno.Command("sh", { args: ["-c", "ulimit -n"] }).outputSync();
    const limit = Number(new TextDecoder().decode(stdout));
    return Number.isSafeInteger(limit) && limit > 0 ? limit : undefined; // "unlimited"
  } catch {
    return undefined; // there is no shell
  }
}
