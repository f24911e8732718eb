import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { Config } from "../../../../core/config.ts";
import { getLogger, setUpLogging } from "../../../../core/observation/logging.ts";

Deno.test("setUpLogging() writes JSON lines from the configured level on", async () => {
  const lines: string[] = [];
  {
    await using _logging = await setUpLogging(
      Config.parse({ logLevel: "warning" }),
      (text) => lines.push(text),
    );
    getLogger("room").info("Not told", {});
    getLogger("room").warning("Pool {closed}", { name: 'a\n"b' });
  }
  getLogger("room").error("After the end", {});

  deepStrictEqual(
    lines.map((line) => ({ ...JSON.parse(line), "@timestamp": "now" })),
    [{
      "@timestamp": "now",
      level: "WARN",
      logger: "lido.room",
      message: "Pool undefined",
      properties: { name: 'a\n"b' },
    }],
  );
  strictEqual(lines[0]?.endsWith("}\n"), true);
  strictEqual(lines[0]?.trimEnd().includes("\n"), false);
});

Deno.test("setUpLogging() tells an error with its stack and its cause", async () => {
  const lines: string[] = [];
  {
    await using _logging = await setUpLogging(Config.parse({}), (text) => lines.push(text));
    const error = new TypeError("bad", { cause: new Error("deeper") });
    getLogger("room").error("Failed", { error });
  }
  const { error } = JSON.parse(lines[0] ?? "{}").properties;
  deepStrictEqual([error.name, error.message, error.cause.message], ["TypeError", "bad", "deeper"]);
  strictEqual(typeof error.stack, "string");
});

Deno.test("setUpLogging() rotates the file and keeps so many old ones", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const log = { maxSize: 10_000, backupCount: 2 };
    const config = Config.parse({ logFile: `${folder}/lido.log`, log });
    {
      await using _logging = await setUpLogging(config, () => {});
      for (let line = 0; line < 50; line++) {
        getLogger("room").info("Line", { line, filler: "x".repeat(1_000) });
      }
    }
    const files = Array.from(Deno.readDirSync(folder), ({ name }) => name).sort();
    deepStrictEqual(files, ["lido.log", "lido.log.1", "lido.log.2"]);
    const sizes = files.map((name) => Deno.statSync(`${folder}/${name}`).size);
    strictEqual(sizes.every((size) => size <= log.maxSize), true);
    const last = Deno.readTextFileSync(`${folder}/lido.log`).trimEnd().split("\n").at(-1) ?? "{}";
    strictEqual(JSON.parse(last).properties.line, 49);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("setUpLogging() throws invalid_input when the file cannot be opened", async () => {
  const config = Config.parse({ logFile: "/nowhere/at/all/lido.log" });
  await rejects(setUpLogging(config, () => {}), { code: "invalid_input" });
});
