/** Task files that cannot be imported, or that change beneath a running server. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { Config, Manager, type PoolId, TaskSubmission } from "../../core/mod.ts";

const GOOD = `import { defineTask, z } from "lido";
export default defineTask({
  name: "changing",
  description: "Says which version it is",
  input: z.strictObject({}),
  run: () => "first",
});
`;

const BROKEN: readonly (readonly [string, string, RegExp])[] = [
  ["no_export", "export const nothing = 1;", /no default export/],
  ["no_task", "export default {};", /not made by defineTask/],
  ["syntax", "export default {", /./],
  ["missing_import", 'import "./not_there.ts";', /not_there|not found/i],
  ["missing_export", 'import { nothing } from "lido"; export default nothing;', /nothing/],
  ["outside", 'import text from "file:///etc/passwd" with { type: "text" };', /read access/],
  ["throws", 'throw new Error("not today");', /not today/],
  ["throws_null", "throw null;", /null/],
  ["exits", "Deno.exit(0);", /./],
  ["kills", 'Deno.kill(Deno.pid, "SIGKILL");', /SIGKILL/],
];

const ENDLESS: readonly (readonly [string, string, RegExp])[] = [
  ["waits", "await new Promise(() => {});", /longer than/],
  ["loops", "for (;;);", /longer than/],
  ["bombs", "const kept = []; for (;;) kept.push(new Array(1000).fill({}));", /memory|longer than/],
];

/** What the file becomes, and what its task fails with; the endless ones are given little time. */
const CHANGES: readonly (readonly [string, string, string])[] = [
  ["throws", 'throw new Error("not today");', "type_load_failed"],
  ["does not parse", "export default {", "type_load_failed"],
  ["defines no task", "export default {};", "type_load_failed"],
  ["reads what it may not", BROKEN[5]?.[1] ?? "", "type_load_failed"],
  ["waits for ever", ENDLESS[0]?.[1] ?? "", "run_timeout"],
  ["loops for ever", ENDLESS[1]?.[1] ?? "", "run_timeout"],
  ["exits", "Deno.exit(0);", "type_load_failed"],
];

async function inFolder(
  files: Readonly<Record<string, string>>,
  test: (folder: string, manager: Manager) => Promise<void>,
  describeMs = 60_000,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "lido-fault-" });
  try {
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(`${folder}/${name}.task.ts`, text);
    }
    const config = Config.parse({ data: ":memory:", tasks: folder, limits: { describeMs } });
    await using manager = await Manager.start({ config });
    await test(folder, manager);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function run(manager: Manager, poolId: PoolId, limits: { runTimeoutMs?: number } = {}) {
  const submission = { poolId, type: "changing", input: {}, ...limits };
  const { task } = await manager.submit(TaskSubmission.parse(submission));
  return (await manager.waitForTask(task.id, { waitMs: 30_000 })).status;
}

/** All of these files are listed as broken, for their reasons, and no others. */
function checkBroken(manager: Manager, files: typeof BROKEN): void {
  const broken = manager.listBrokenTaskFiles();
  deepStrictEqual(broken.length, files.length);
  for (const [name, , reason] of files) {
    const found = broken.find(({ url }) => url.endsWith(`/${name}.task.ts`));
    match(found?.reason ?? "", reason, name);
  }
}

Deno.test("Manager.start() lists task files that cannot be loaded, and serves the others", async () => {
  const files = Object.fromEntries(BROKEN.map(([name, text]) => [name, text]));
  await inFolder({ ...files, changing: GOOD }, async (_folder, manager) => {
    checkBroken(manager, BROKEN);
    const { id } = await manager.createPool({ name: "good", maxThreads: 1 });
    const status = await run(manager, id);
    deepStrictEqual(status.state === "completed" && status.resultJson, '"first"');
  });
});

// Without a good one: on a busy machine it could take longer than these are given.
Deno.test("Manager.start() gives up on each task file that never ends", async () => {
  const files = Object.fromEntries(ENDLESS.map(([name, text]) => [name, text]));
  const check = (_folder: string, manager: Manager) =>
    Promise.resolve(checkBroken(manager, ENDLESS));
  await inFolder(files, check, 500);
});

Deno.test("a task file that changes beneath the server fails its own tasks", async () => {
  await inFolder({ changing: GOOD }, async (folder, manager) => {
    for (const [what, text, code] of CHANGES) {
      await Deno.writeTextFile(`${folder}/changing.task.ts`, text);
      const { id } = await manager.createPool({ name: what, maxThreads: 1, stopGraceMs: 50 });
      const limits = code === "run_timeout" ? { runTimeoutMs: 100 } : {};
      const status = await run(manager, id, limits);
      ok(status.state === "failed", `${what}: ${status.state}`);
      strictEqual(status.failure.code, code, `${what}: ${status.failure.message}`);
      await Deno.writeTextFile(`${folder}/changing.task.ts`, GOOD);
    }
  });
});

Deno.test("a task file that changes is not loaded again by a thread that has it", async () => {
  await inFolder({ changing: GOOD }, async (folder, manager) => {
    const { id } = await manager.createPool({ name: "kept", maxThreads: 1 });
    await run(manager, id);
    await Deno.writeTextFile(`${folder}/changing.task.ts`, GOOD.replace("first", "second"));
    const status = await run(manager, id);
    deepStrictEqual(status.state === "completed" && status.resultJson, '"first"');
  });
});
