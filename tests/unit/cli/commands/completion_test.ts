import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { type Answers, run } from "../fake_world.ts";
import { KINDS_TYPE, wirePool } from "../wire_samples.ts";

const ANSWERS: Answers = {
  "GET /api/pools": [
    wirePool(),
    wirePool({ name: "my odd $pool", status: "paused" }),
    wirePool({ name: "twice" }),
    wirePool({ name: "twice" }),
    wirePool({ name: "a\nb" }),
  ],
  "GET /api/types": [{ ...KINDS_TYPE, description: "Takes\teach" }],
  "GET /api/types/kinds": KINDS_TYPE,
};

/** The words that the last one may become. */
async function complete(...words: readonly string[]): Promise<readonly string[]> {
  const { code, out, err } = await run(["complete", "--", ...words], { answers: ANSWERS });
  deepStrictEqual([code, err], [0, ""]);
  return out.split("\n").slice(0, -1).map((line) => line.replace(/\t.*/, ""));
}

Deno.test("complete knows all commands, and the tasks that are none", async () => {
  const words = await complete("");
  for (const word of ["start", "pool", "submit", "top", "completion", "dev", "test:stress"]) {
    ok(words.includes(word), word);
  }
  deepStrictEqual(words.filter((word) => word === "complete" || word === "help"), []);
  strictEqual(new Set(words).size, words.length);
});

Deno.test.each([
  [["ba"], ["backup"]],
  [["pool", "pa"], ["pause"]],
  [["pool", "resize", "default", ""], []],
  [["pool", "create", "--iso"], ["--isolation"]],
  [["pool", "create", "--isolation", ""], ["process", "thread"]],
  [["pool", "list", "--status", "running,p"], ["running,paused"]],
  [["task", "list", "--status", "co"], ["completed"]],
  [["task", "bulk", ""], ["cancel", "stop", "run-again", "change"]],
  [["start", "--log-level", "w"], ["warning"]],
  [["completion", ""], ["bash", "zsh", "fish"]],
  [["restore", ""], [":files"]],
  [["submit", "kinds", "--file", "x"], [":files"]],
  [["nothing", ""], []],
  [["dev", "--"], []],
])("complete makes the words for %j of the commands themselves", async (words, expected) => {
  deepStrictEqual(await complete(...words), expected);
});

Deno.test("complete offers pools that one name tells, and none that would break a line", async () => {
  deepStrictEqual(await complete("pool", "pause", ""), ["default", "my odd $pool"]);
  deepStrictEqual(await complete("task", "list", "--pool", "d"), ["default"]);
  deepStrictEqual(await complete("submit", "kinds", "--pool", "m"), ["my odd $pool"]);
});

Deno.test("complete offers task types, and the flags of a type's input", async () => {
  deepStrictEqual(await complete("submit", ""), ["kinds"]);
  deepStrictEqual(await complete("types", "k"), ["kinds"]);
  deepStrictEqual(await complete("submit", "kinds", "--tag"), ["--tag", "--tags"]);
  deepStrictEqual(await complete("submit", "kinds", "--u"), ["--url", "--up-to"]);
  deepStrictEqual(await complete("submit", "kinds", "--algorithm", ""), ["sha256", "sha512"]);
});

Deno.test("complete tells behind a tab what a word means, on one line", async () => {
  const { out } = await run(["complete", "--", "submit", ""], { answers: ANSWERS });
  strictEqual(out, "kinds\tTakes\\u{9}each\n");
});

Deno.test("complete asks the server that --url names", async () => {
  const words = ["complete", "--", "pool", "pause", "--url", "http://127.0.0.1:9", ""];
  const { out, seen } = await run(words, { answers: ANSWERS });
  deepStrictEqual([out.startsWith("default\t"), seen.length], [true, 1]);
});

Deno.test.each([
  [["pool", "pause", ""]],
  [["submit", ""]],
  [["submit", "kinds", "--al"]],
  [["pool", "pause", "--url", "no address", ""]],
])("complete is silent without a server: %j", async (words) => {
  const { code, out, err } = await run(["complete", "--", ...words]);
  deepStrictEqual({ code, out, err }, { code: 0, out: "", err: "" });
});

Deno.test("completion exits 2 on a shell that has no script", async () => {
  const { code, err } = await run(["completion", "tcsh"]);
  deepStrictEqual([code, err.includes("Allowed choices are bash, zsh, fish.")], [2, true]);
});

Deno.test.each([["bash"], ["zsh"], ["fish"]])(
  "completion %s prints a script that runs Lido's own folder",
  async (shell) => {
    const { code, out } = await run(["completion", shell]);
    deepStrictEqual([code, out.includes("/main.ts"), out.includes("complete -- ")], [
      0,
      true,
      true,
    ]);
  },
);
