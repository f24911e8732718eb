/** A server lives on when a child process cannot be spawned, and goes on when it can be again. */
import { deepStrictEqual } from "node:assert/strict";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("../fixtures/without_children.ts", import.meta.url));

const CAUSES = [
  [
    "descriptors",
    "ulimit -n 128;",
    `Failed to spawn '${Deno.execPath()}': Too many open files (os error 24)`,
  ],
  ["file", "", "spawn /nowhere/deno ENOENT"],
] as const;

for (const [missing, limit, reason] of CAUSES) {
  Deno.test(`pools and task files live through children that cannot be spawned (${missing})`, async () => {
    const { stdout, stderr } = await new Deno.Command("bash", {
      args: ["-c", `${limit} exec "$@"`, "bash", Deno.execPath(), "run", "-A", PROGRAM, missing],
    }).output();
    const [said, complaint] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    deepStrictEqual([said, complaint], [
      JSON.stringify({
        said: [
          `Cannot start thread: ${reason}`,
          `Cannot start the process that reads task files: ${reason}`,
        ],
        then: ["done", "started"],
      }),
      "",
    ]);
  });
}
