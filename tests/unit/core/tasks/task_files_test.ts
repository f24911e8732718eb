import { deepStrictEqual, rejects } from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { findTaskFiles } from "../../../../core/tasks/task_files.ts";
import { TempFolder } from "./temp_folder.ts";

Deno.test("findTaskFiles() finds task files in all folders but the hidden, sorted", async () => {
  await using folder = await TempFolder.with({
    "b.task.ts": "",
    "a/c.task.ts": "",
    "a/other.ts": "",
    "a/c.task.ts.bak": "",
    ".git/d.task.ts": "",
    "node_modules/x/e.task.ts": "",
  });

  deepStrictEqual(await findTaskFiles(folder.path), {
    folder: folder.path,
    urls: ["a/c.task.ts", "b.task.ts"].map((name) => pathToFileURL(`${folder.path}/${name}`).href),
    broken: [],
  });
});

Deno.test("findTaskFiles() follows links within the folder, and refuses those out of it", async () => {
  await using outside = await TempFolder.with({ "out.task.ts": "" });
  await using folder = await TempFolder.with({ ".data/in.task.ts": "" });
  await Deno.symlink(`${folder.path}/.data/in.task.ts`, `${folder.path}/in.task.ts`);
  await Deno.symlink(`${outside.path}/out.task.ts`, `${folder.path}/out.task.ts`);
  await Deno.symlink(`${folder.path}/gone`, `${folder.path}/gone.task.ts`);
  await Deno.symlink(outside.path, `${folder.path}/linked`);

  const { urls, broken } = await findTaskFiles(folder.path);

  deepStrictEqual(urls, [pathToFileURL(`${folder.path}/.data/in.task.ts`).href]);
  deepStrictEqual(broken.map(({ reason }) => reason).sort(), [
    "Cannot load gone.task.ts: it is a link that leads nowhere or out of the folder",
    "Cannot load out.task.ts: it is a link that leads nowhere or out of the folder",
  ]);
});

Deno.test("findTaskFiles() throws invalid_input when the folder is none", async () => {
  await using folder = await TempFolder.with({ "file": "" });
  const path = `${folder.path}/none`;

  await rejects(async () => await findTaskFiles(path), {
    code: "invalid_input",
    message: `Cannot read task folder ${path}: there is no such folder`,
  });
  await rejects(async () => await findTaskFiles(`${folder.path}/file`), {
    code: "invalid_input",
    message: `Cannot read task folder ${folder.path}/file: it is no folder`,
  });
});
