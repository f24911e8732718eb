/** A pool is given what the runtime takes, and nothing that no child would start with. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { Config, Manager, Permissions } from "../../core/mod.ts";
import { TempFolder } from "../unit/core/tasks/temp_folder.ts";

const TAKEN = {
  net: [
    ...["localhost", "a.b:0", "a:65535", "a:00080", "a_b.c", "a.", "a.:80", "1.2.3.4", "1.2.3"],
    ...["*.example.com", "*.a:80", "1.2.3.4/24", "10.0.0.0/8:80", "0.0.0.0/0"],
    ...["[::1]", "[::1]:80", "[::ffff:1.2.3.4]", "[FE80::A]", "[::1%eth0]", "[fe80::1%25e]:80"],
    ...["unix:/tmp/x", "unix:/tmp/x:99999", "unix:/", "unix:/a b//c"],
    ...["vsock:1:1", "vsock:-1:5", "vsock:4294967295:4294967295"],
  ],
  env: ["HOME", "AWS_*", "a b", "A.B", "A*B"],
};
const REFUSED = {
  net: [
    ...["*", "*:80", "*.*.b", "a.*", "*.", "a..b", ".a", "a b", "a/b", "::1", "a:80:80", "a@b"],
    ...["a:", "a:*", "a:65536", "a:-1", "http://a", "unix:x", "unix:", "unix://x", "unix:/a://b"],
    ...["1.2.3.4/33", "1.2.3.4/024", "256.1.1.1/8", "[::]/0", "fe80::/10"],
    ...["[:::]", "[1.2.3.4]", "[1:2]", "[::1]x", "[::1]:", "[::1]:65536", "[%eth0]", "[12345::]"],
    ...["vsock:1", "vsock:99999999999:1", "vsock:1:4294967296", "vsock:-2:1", "vsock::1"],
  ],
  env: ["A=B", "="],
};

async function doesStart(kind: string, grants: readonly string[]): Promise<boolean> {
  const args = ["run", "--no-config", "--no-prompt", `--allow-${kind}=${grants}`];
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args, "data:text/javascript,"],
    stdout: "null",
    stderr: "null",
  });
  return (await child.output()).success;
}

for (const kind of ["net", "env"] as const) {
  Deno.test(`Permissions takes of ${kind} what the runtime takes`, async () => {
    const isTaken = (grant: string) => Permissions.safeParse({ [kind]: [grant] }).success;
    deepStrictEqual(TAKEN[kind].filter((grant) => !isTaken(grant)), []);
    deepStrictEqual(REFUSED[kind].filter(isTaken), []);
    strictEqual(await doesStart(kind, TAKEN[kind]), true);
    for (const grant of REFUSED[kind]) strictEqual(await doesStart(kind, [grant]), false, grant);
  });
}

Deno.test("Permissions takes no pattern that would give Lido's own variables", () => {
  const patterns = ["LIDO_X", "LIDO_*", "LIDO*", "L*", "*", "*X", "LIDO", "M*", "LIDOS_*"];
  const taken = patterns.filter((name) => Permissions.safeParse({ env: [name] }).success);
  deepStrictEqual(taken, ["*X", "LIDO", "M*", "LIDOS_*"]);
});

Deno.test("A task in a process reads the variables that a pattern means, and no other", async () => {
  const task = `import { defineTask, z } from "lido";
    const read = (name: string) => {
      try {
        return Deno.env.get(name) ?? null;
      } catch (error) {
        return (error as Error).name;
      }
    };
    export default defineTask({
      name: "read_variables",
      description: "Reads variables",
      input: z.array(z.string()),
      run: (names) => names.map(read),
    });`;
  await using folder = await TempFolder.with({ "read_variables.task.ts": task });
  await using manager = await Manager.start({
    config: Config.parse({ data: ":memory:", tasks: folder.path }),
    env: { AWS_A: "1", AWS_B: "2", HOME: "/here", OTHER: "3" },
  });
  const permissions = { env: ["AWS_*", "HOME"] };
  const { id } = await manager.createPool({ name: "p", isolation: "process", permissions });
  const input = ["AWS_A", "AWS_B", "AWS_C", "HOME", "OTHER"];
  const { task: { id: taskId } } = await manager.submit({
    poolId: id,
    type: "read_variables",
    input,
    priority: 0,
    tags: [],
  });
  const { status } = await manager.waitForTask(taskId, { waitMs: 30_000 });
  ok(status.state === "completed", JSON.stringify(status));
  deepStrictEqual(JSON.parse(status.resultJson ?? ""), ["1", "2", null, "/here", "NotCapable"]);
});
