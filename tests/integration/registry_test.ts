/** The describing process with real task files. The broken ones are written here: no linter likes them. */
import { deepStrictEqual, ok, throws } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { TaskTypeRegistry } from "../../core/tasks/registry.ts";
import { FakeContext } from "../unit/core/tasks/fake_context.ts";
import { TempFolder } from "../unit/core/tasks/temp_folder.ts";
import resizePlan from "../fixtures/tasks/resize_plan.task.ts";

/** Ample: what is not meant to hang answers long before. */
const DESCRIBE_MS = 20_000;

const FIXTURES = fileURLToPath(new URL("../fixtures/tasks", import.meta.url));
const GUIDE = new URL("../../docs/tasks.md", import.meta.url);

function taskFile(name: string, before = ""): string {
  return `import { defineTask, z } from "lido";
${before}
export default defineTask({
  name: "${name}", description: "A task", input: z.strictObject({ n: z.int() }), run: ({ n }) => n,
});
`;
}

async function loadFiles(files: Readonly<Record<string, string>>, describeMs = DESCRIBE_MS) {
  const folder = await TempFolder.with(files);
  try {
    const registry = await TaskTypeRegistry.load({ tasksDir: folder.path, describeMs });
    return {
      registry,
      names: registry.list().filter(({ isBuiltIn }) => !isBuiltIn).map(({ name }) => name),
      reasons: registry.listBroken().map(({ reason }) => reason.replaceAll(folder.path, "FOLDER")),
    };
  } finally {
    await folder[Symbol.asyncDispose]();
  }
}

Deno.test("TaskTypeRegistry loads the guide's example, as its own process describes it", async () => {
  const registry = await TaskTypeRegistry.load({ tasksDir: FIXTURES, describeMs: DESCRIBE_MS });
  const type = registry.get("resize_plan");

  deepStrictEqual(registry.listBroken(), []);
  deepStrictEqual(type.description, "Plans how large each picture of a list becomes inside a box");
  deepStrictEqual([type.isBuiltIn, type.examples.length], [false, 1]);
  deepStrictEqual(fileURLToPath(type.url), `${FIXTURES}/resize_plan.task.ts`);
  deepStrictEqual(registry.codeFolders.at(-1), FIXTURES);
  registry.checkInput(type, type.examples[0]);
  throws(() => registry.checkInput(type, { box: { width: 0, height: 1 }, pictures: [] }), {
    code: "invalid_input",
    message: "Cannot submit resize_plan: input.box.width: Too small: expected number to be >=1 " +
      "(and 1 more)",
  });
});

Deno.test("docs/tasks.md shows the very file that is tested", async () => {
  const guide = await Deno.readTextFile(GUIDE);
  ok(guide.includes(await Deno.readTextFile(`${FIXTURES}/resize_plan.task.ts`)));
});

Deno.test("resize_plan, the guide's example, runs", async () => {
  const ctx = new FakeContext();
  const picture = { width: 4_000, height: 3_000 };
  const icon = { width: 16, height: 16 };

  deepStrictEqual(
    await resizePlan.run(
      { box: { width: 800, height: 800 }, pictures: [picture, icon], keep_small: true },
      ctx,
    ),
    { sizes: [{ width: 800, height: 600 }, icon] },
  );
  deepStrictEqual(ctx.calls, [{ done: 1, total: 2 }, { done: 2, total: 2 }]);
});

Deno.test("TaskTypeRegistry tells of each broken file why, and loads the others", async () => {
  const { names, reasons } = await loadFiles({
    "a_good.task.ts": taskFile("first"),
    "empty.task.ts": "",
    "plain.task.ts": `export default { name: "plain", run() {} };`,
    "throws.task.ts": `throw new RangeError("no disk");`,
    "odd.task.ts": `throw { get message() { throw 1; } };`,
    "fault.task.ts": taskFile("Fault"),
    "syntax.task.ts": `export default defineTask({\n  name: "a" "b" });`,
    "missing.task.ts": `import "./none.ts";`,
    "package.task.ts": `import "npm:left-pad@1.3.0";`,
    "remote.task.ts": `import "https://example.com/x.ts";`,
    "same.task.ts": taskFile("first"),
    "sleep.task.ts": taskFile("sleep"),
    "demo.task.ts": taskFile("demo"),
    "z_good.task.ts": taskFile("last"),
  });

  deepStrictEqual(names, ["first", "last"]);
  const found = new Map(reasons.map((reason) => {
    const [, file = "", what = ""] = /^Cannot load (\S+)\.task\.ts: (.*)$/s.exec(reason) ?? [];
    return [file, what];
  }));
  const reasonOf = (file: string) => found.get(file) ?? "";
  deepStrictEqual(reasonOf("empty"), "it has no default export");
  deepStrictEqual(reasonOf("plain"), "its default export was not made by defineTask");
  deepStrictEqual(reasonOf("throws"), "RangeError: no disk");
  deepStrictEqual(reasonOf("same"), "its name first is taken by FOLDER/a_good.task.ts");
  deepStrictEqual(reasonOf("sleep"), "its name sleep is taken by Lido's own");
  deepStrictEqual(reasonOf("demo"), "its name demo is taken by Lido's own");
  ok(reasonOf("fault").startsWith("TypeError: Cannot define task: its name must be "));
  ok(/^SyntaxError: .+ at line 2:\d+$/.test(reasonOf("syntax")), reasonOf("syntax"));
  ok(reasonOf("missing").includes("none.ts"), reasonOf("missing"));
  ok(reasonOf("package").includes("left-pad"), reasonOf("package"));
  ok(reasonOf("remote").includes("example.com"), reasonOf("remote"));
  ok(reasonOf("odd") !== "");
  deepStrictEqual(found.size, 12);
  ok(reasons.every((reason) => !reason.includes("\n")));
});

Deno.test("TaskTypeRegistry.get() throws task_type_broken for a file of that name", async () => {
  const { registry } = await loadFiles({ "half.task.ts": "" });
  throws(() => registry.get("half"), {
    code: "task_type_broken",
    message: "Cannot load half.task.ts: it has no default export",
  });
});

Deno.test("TaskTypeRegistry gives up on a file that ends its process, and loads the others", async () => {
  const { names, reasons } = await loadFiles({
    "a.task.ts": taskFile("first"),
    "close.task.ts": taskFile("close", "self.close(); await new Promise(() => {});"),
    "exit.task.ts": taskFile("exit", "Deno.exit(3);"),
    "z.task.ts": taskFile("last"),
  });

  deepStrictEqual(names, ["first", "last"]);
  deepStrictEqual(reasons, [
    "Cannot load close.task.ts: it ended the thread that imported it",
    "Cannot load exit.task.ts: it ended the thread that imported it",
  ]);
});

Deno.test("TaskTypeRegistry gives up on a file that hangs, and loads the others", async () => {
  const files = {
    "a.task.ts": taskFile("first"),
    "await.task.ts": taskFile("await", "await new Promise(() => {});"),
    "loop.task.ts": taskFile("loop", "for (;;);"),
    "z.task.ts": taskFile("last"),
  };
  // Where the machine stalls the others take longer, too: in the end they must not.
  let describeMs = 500;
  let found = await loadFiles(files, describeMs);
  while (found.names.length < 2 && describeMs < DESCRIBE_MS) {
    found = await loadFiles(files, describeMs *= 4);
  }

  deepStrictEqual(found.names, ["first", "last"]);
  deepStrictEqual(
    found.reasons,
    ["await", "loop"].map((name) =>
      `Cannot load ${name}.task.ts: importing it took longer than ${describeMs} ms`
    ),
  );
});

Deno.test("TaskTypeRegistry blames a late exit on no other file", async () => {
  const { names, reasons } = await loadFiles({
    "a.task.ts": taskFile("first", "setTimeout(() => Deno.exit(0), 0);"),
    "b.task.ts": taskFile("second", "await new Promise((resolve) => setTimeout(resolve, 50));"),
    "c.task.ts": taskFile("third", "setTimeout(() => { throw 1; }, 0); Promise.reject(2);"),
    "d.task.ts": taskFile("fourth", "await new Promise((resolve) => setTimeout(resolve, 50));"),
  });

  deepStrictEqual({ names, reasons }, {
    names: ["first", "fourth", "second", "third"],
    reasons: [],
  });
});

Deno.test("TaskTypeRegistry lets a task file reach nothing but its folder", async () => {
  await using outside = await TempFolder.with({ "secret.txt": "secret" });
  const secret = `${outside.path}/secret.txt`;
  const { names, reasons } = await loadFiles({
    "a_text.task.ts": taskFile("text", `import s from "file://${secret}" with { type: "text" };s;`),
    "b_read.task.ts": taskFile("read", `Deno.readTextFileSync("${secret}");`),
    "c_env.task.ts": taskFile("env", `Deno.env.get("HOME");`),
    "d_net.task.ts": taskFile("net", `await fetch("http://127.0.0.1:8000/");`),
    "e_run.task.ts": taskFile("run", `new Deno.Command("/bin/true").outputSync();`),
    "f_write.task.ts": taskFile("write", `Deno.writeTextFileSync("/tmp/x", "");`),
    "g_own.task.ts": taskFile("own", `import { n } from "./own/data.ts"; console.log(n);`),
    "own/data.ts": "export const n = 1;",
  });

  deepStrictEqual(names, ["own"]);
  deepStrictEqual(reasons.length, 6);
  for (const reason of reasons) ok(/Requires \w+ access/.test(reason), reason);
});

Deno.test("TaskTypeRegistry keeps what task files print away from the server", async () => {
  const print =
    `console.log('{"kind":"broken","reason":"forged"}'); console.error("x".repeat(1e5));`;
  const { names } = await loadFiles({ "a.task.ts": taskFile("first", print) });
  deepStrictEqual(names, ["first"]);
});
