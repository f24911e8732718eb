import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { Config } from "../../../../core/config.ts";
import {
  getLogger,
  Logging,
  outsideRequest,
  withRequest,
} from "../../../../core/observation/logging.ts";
import { keepLog } from "../../../helpers/log_lines.ts";
import { until } from "../../../helpers/until.ts";

const NONE = { debug: 0, info: 0, warning: 0, error: 0 };

Deno.test("Logging writes JSON lines from the configured level on", async () => {
  const { logging, lines, read } = keepLog({ logLevel: "warning" });
  getLogger("room").info("Not told", {});
  getLogger("room").warning("Pool {closed}", { name: 'a\n"b' });
  await logging[Symbol.asyncDispose]();
  getLogger("room").error("After the end", {});

  deepStrictEqual(read().map((line) => ({ ...line, "@timestamp": "now" })), [{
    "@timestamp": "now",
    level: "WARN",
    logger: "lido.room",
    message: "Pool undefined",
    properties: { name: 'a\n"b' },
  }]);
  strictEqual(lines[0]?.endsWith("}\n"), true);
  strictEqual(lines[0]?.trimEnd().includes("\n"), false);
});

Deno.test("Logging tells an error with its stack and its cause", async () => {
  await using log = keepLog();
  const error = new TypeError("bad", { cause: new Error("deeper") });
  getLogger("room").error("Failed", { error });
  const { error: told } = log.read()[0]?.properties ?? {};
  deepStrictEqual([told.name, told.message, told.cause.message], ["TypeError", "bad", "deeper"]);
  strictEqual(typeof told.stack, "string");
});

Deno.test("Logging changes its level while it runs, and always says so", async () => {
  await using log = keepLog({ logLevel: "error" });
  const { logging, read } = log;
  const logger = getLogger("room");
  logger.debug("Before");
  logging.level.set({ level: "debug", forMs: null });
  logger.debug("Then");
  logging.level.set({ level: "warning", forMs: null });
  logger.info("Afterwards");
  deepStrictEqual(read().map(({ message, properties }) => [message, properties.level]), [
    ["Log level changed", "debug"],
    ["Then", undefined],
    ["Log level changed", "warning"],
  ]);
});

Deno.test("withRequest() marks what is logged for a request, also later, and nothing else", async () => {
  await using log = keepLog();
  const logger = getLogger("room");
  await withRequest({ requestId: "r-1" }, async () => {
    logger.info("At once");
    await Promise.resolve();
    logger.info("Later", { requestId: "its own" });
    outsideRequest(() => logger.info("Beside it"));
  });
  logger.info("Behind it");
  deepStrictEqual(log.read().map(({ message, properties }) => [message, properties.requestId]), [
    ["At once", "r-1"],
    ["Later", "its own"],
    ["Beside it", undefined],
    ["Behind it", undefined],
  ]);
});

Deno.test("Logging counts what nobody reads as lost, and says how much it was", async () => {
  let fate: "read" | "closed" | "full" = "closed";
  const lines: string[] = [];
  await using logging = new Logging(Config.parse({}), (text) => {
    if (fate === "full") throw new Error("No space left on device (os error 28)");
    if (fate === "read") lines.push(text);
    return fate === "read";
  });
  const logger = getLogger("room");
  logger.info("Nobody reads it");
  fate = "full";
  logger.warning("There is no room for it");
  deepStrictEqual(logging.counts, { written: NONE, lost: 2 });
  fate = "read";
  logger.error("It is read");
  deepStrictEqual(logging.counts, { written: { ...NONE, warning: 1, error: 1 }, lost: 2 });
  const [, told] = lines.map((line) => JSON.parse(line));
  deepStrictEqual([told.message, told.properties], ["Log lines were lost", { lines: 2 }]);
});

Deno.test({
  name: "Logging to a full disk counts each line, tells of it once, and stops nothing",
  ignore: Deno.build.os !== "linux", // of /dev/full
  fn: async () => {
    await using log = keepLog({ logFile: "/dev/full" });
    const { logging, read } = log;
    for (let line = 0; line < 20; line++) getLogger("room").info("Line", { line });
    await until("all are lost", () => logging.counts.lost === 20);
    getLogger("room").info("One more");
    await until("it is lost, too", () => logging.counts.lost === 21);
    deepStrictEqual(logging.counts.written, NONE);
    const told = read().map(({ message, properties }) => [message, properties.path]);
    ok(told.length > 0 && told.length <= 2, String(told.length)); // of one bundle at the most
    deepStrictEqual(told[0], ["Cannot write to the log file", "/dev/full"]);
  },
});

Deno.test("Logging rotates the file and keeps so many old ones", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const log = { maxSize: 10_000, backupCount: 2 };
    const { logging } = keepLog({ logFile: `${folder}/lido.log`, log });
    for (let line = 0; line < 50; line++) {
      getLogger("room").info("Line", { line, filler: "x".repeat(1_000) });
    }
    await logging[Symbol.asyncDispose]();
    deepStrictEqual(logging.counts, { written: { ...NONE, info: 50 }, lost: 0 });
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

Deno.test("Logging throws invalid_input when the file cannot be opened", () => {
  const logFile = "/nowhere/at/all/lido.log";
  throws(() => keepLog({ logFile }), { code: "invalid_input" });
});
