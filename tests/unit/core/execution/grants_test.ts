/** What a child process and a Web Worker of task code may do: no more than is named here. */
import { deepStrictEqual } from "node:assert/strict";
import { CONFIG_FILE, OWN_CODE } from "../../../../core/execution/code_paths.ts";
import { childArguments, workerPermissions } from "../../../../core/execution/grants.ts";

const PERMISSIONS = {
  read: ["/in,put"],
  write: ["/output"],
  net: ["example.com:443", "127.0.0.1"],
  env: ["HOME"],
};
const NONE = { read: [], write: [], net: [], env: [] };

/** What each child is started with, whatever it may do: it fetches no code, and asks for nothing. */
const FLAGS = [
  "run",
  "--quiet",
  "--no-prompt",
  "--no-remote",
  "--cached-only",
  "--unstable-worker-options",
  `--config=${CONFIG_FILE}`,
  "--v8-flags=--max-old-space-size=64",
];

Deno.test("childArguments() grants what is named, and nothing else", () => {
  deepStrictEqual(childArguments("child.ts", { memoryMb: 64, permissions: PERMISSIONS }), [
    ...FLAGS,
    `--allow-read=${OWN_CODE.join(",")},/in,,put`,
    "--allow-write=/output",
    "--allow-net=example.com:443,127.0.0.1",
    "--allow-env=HOME",
    "child.ts",
  ]);
});

Deno.test("childArguments() grants but Lido's own code where nothing is named", () => {
  deepStrictEqual(childArguments("child.ts", { memoryMb: 64, permissions: NONE }), [
    ...FLAGS,
    `--allow-read=${OWN_CODE.join(",")}`,
    "child.ts",
  ]);
});

Deno.test("workerPermissions() grants what is named, and refuses all else by name", () => {
  deepStrictEqual(workerPermissions(PERMISSIONS), {
    ...PERMISSIONS,
    read: [...OWN_CODE, "/in,put"],
    run: false,
    ffi: false,
    sys: false,
  });
});
