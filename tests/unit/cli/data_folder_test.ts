import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { Command } from "commander";
import { addDataFlags, dataFolderOf, sourcesOf } from "../../../cli/data_folder.ts";
import { UsageError } from "../../../cli/exit_code.ts";
import { Config } from "../../../core/config.ts";
import { fakeWorld, type FakeWorldOptions } from "./fake_world.ts";

const find = (flags: Parameters<typeof dataFolderOf>[1], options: FakeWorldOptions = {}) =>
  dataFolderOf(fakeWorld(options).world, flags);

Deno.test("dataFolderOf() takes the flag before all else, and reads nothing then", async () => {
  const env = { LIDO_DATA: "from-env", LIDO_PORT: "no number" };
  strictEqual(await find({ data: "from-flag", config: "missing.yaml" }, { env }), "from-flag");
});

Deno.test("dataFolderOf() takes the environment before the file, and the file before the default", async () => {
  const files = { "./lido.yaml": "data: from-file\n" };
  strictEqual(await find({}, { files, env: { LIDO_DATA: "from-env" } }), "from-env");
  strictEqual(await find({}, { files }), "from-file");
  strictEqual(await find({}), Config.parse({}).data);
});

Deno.test("dataFolderOf() reads the file that is named", async () => {
  const files = { "./lido.yaml": "data: default\n", "other.yaml": "data: named\n" };
  strictEqual(await find({ config: "other.yaml" }, { files }), "named");
  strictEqual(await find({}, { files, env: { LIDO_CONFIG: "other.yaml" } }), "named");
});

Deno.test("dataFolderOf() tells what is wrong with the configuration", async () => {
  await rejects(find({ config: "missing.yaml" }), (error) => {
    strictEqual(error instanceof UsageError, true);
    strictEqual(String(error).includes("missing.yaml: there is no such file"), true);
    return true;
  });
});

Deno.test("sourcesOf() takes a missing file for none, and tells any other reason", async () => {
  const { world } = fakeWorld({ env: { LIDO_PORT: "1" }, files: { there: "text" } });
  const { env, flags, readFile, isFolder } = sourcesOf(world, { port: "2" });
  deepStrictEqual([env, flags], [{ LIDO_PORT: "1" }, { port: "2" }]);
  deepStrictEqual([await readFile("there"), await readFile("missing")], ["text", undefined]);
  strictEqual(isFolder, world.isFolder);
  const locked = {
    ...world,
    readText: () => Promise.reject(new Deno.errors.PermissionDenied("locked")),
  };
  await rejects(sourcesOf(locked, {}).readFile("there"), { message: "locked" });
});

Deno.test("addDataFlags() gives a command both flags", () => {
  const command = addDataFlags(new Command()).action(() => {});
  command.parse(["--data", "folder", "--config", "file"], { from: "user" });
  deepStrictEqual(command.opts(), { data: "folder", config: "file" });
});
