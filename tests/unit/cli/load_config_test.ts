import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { UsageError } from "../../../cli/exit_code.ts";
import { type ConfigSources, loadConfig } from "../../../cli/load_config.ts";
import { Config } from "../../../core/config.ts";

const DEFAULTS = Config.parse({});

function load(
  { files = {}, folders = [], ...sources }: Partial<ConfigSources> & {
    files?: Readonly<Record<string, string>>;
    folders?: readonly string[];
  },
): Promise<Config> {
  return loadConfig({
    flags: {},
    env: {},
    readFile: (path) => Promise.resolve(files[path]),
    isFolder: (path) => Promise.resolve(folders.includes(path)),
    ...sources,
  });
}

async function faultsOf(sources: Parameters<typeof load>[0]): Promise<readonly string[]> {
  const lines: string[] = [];
  await rejects(load(sources), (error) => {
    strictEqual(error instanceof UsageError, true);
    lines.push(...String(error instanceof Error ? error.message : "").split("\n  "));
    return true;
  });
  return lines;
}

Deno.test("loadConfig() gives the defaults when no source says anything", async () => {
  deepStrictEqual(await load({}), DEFAULTS);
});

Deno.test("loadConfig() freezes what it gives", async () => {
  const config = await load({});
  strictEqual([config, config.log, config.limits].every(Object.isFrozen), true);
});

Deno.test("loadConfig() takes flags before environment before file before defaults", async () => {
  const config = await load({
    flags: { port: "3" },
    env: { LIDO_PORT: "2", LIDO_LOG_LEVEL: "error", PORT: "9" },
    files: {
      "./lido.yaml": "port: 1\nlog_level: debug\nlog:\n  max_size: 20000\nlimits:\n  zombies: 1\n",
    },
  });
  deepStrictEqual(config, {
    ...DEFAULTS,
    port: 3,
    logLevel: "error",
    log: { ...DEFAULTS.log, maxSize: 20000 },
    limits: { ...DEFAULTS.limits, zombies: 1 },
  });
});

Deno.test("loadConfig() reads every setting from the environment", async () => {
  const config = await load({
    env: { LIDO_LIMITS_ZOMBIES: "7", LIDO_LOG_BACKUP_COUNT: "2", LIDO_SHUTDOWN_MS: "0" },
  });
  deepStrictEqual(config, {
    ...DEFAULTS,
    shutdownMs: 0,
    log: { ...DEFAULTS.log, backupCount: 2 },
    limits: { ...DEFAULTS.limits, zombies: 7 },
  });
});

Deno.test("loadConfig() counts an empty variable as not set", async () => {
  deepStrictEqual(await load({ env: { LIDO_PORT: "", LIDO_CONFIG: "" } }), DEFAULTS);
});

Deno.test.each<[Partial<ConfigSources>]>([
  [{ flags: { config: "my.yaml" } }],
  [{ env: { LIDO_CONFIG: "my.yaml" } }],
])("loadConfig() reads the file that is named %#", async (sources) => {
  const files = { "my.yaml": "port: 5", "./lido.yaml": "port: 6" };
  strictEqual((await load({ ...sources, files })).port, 5);
});

Deno.test("loadConfig() takes a file of comments, and an empty section, for no settings", async () => {
  deepStrictEqual(await load({ files: { "./lido.yaml": "# port: 5\n" } }), DEFAULTS);
  deepStrictEqual(await load({ files: { "./lido.yaml": "limits:\n  # pools: 5\n" } }), DEFAULTS);
});

Deno.test("loadConfig() uses ./tasks if it is there and none is named", async () => {
  strictEqual((await load({ folders: ["./tasks"] })).tasks, "./tasks");
  const files = { "./lido.yaml": "tasks: null" };
  strictEqual((await load({ folders: ["./tasks"], files })).tasks, null);
  const named = await load({ folders: ["./tasks", "mine"], flags: { tasks: "mine" } });
  strictEqual(named.tasks, "mine");
});

Deno.test.each([["127.0.0.1"], ["127.8.9.1"], ["::1"], ["localhost"]])(
  "loadConfig() lets %s be listened on",
  async (host) => {
    strictEqual((await load({ flags: { host } })).host, host);
  },
);

Deno.test.each([["0.0.0.0"], ["::"], ["192.168.0.2"], ["example.com"], ["127.0.0.1.example.com"]])(
  "loadConfig() refuses to listen on %s",
  async (host) => {
    deepStrictEqual(await faultsOf({ env: { LIDO_HOST: host } }), [
      "Cannot start Lido: the configuration has 1 fault",
      "environment LIDO_HOST: Lido has no accounts yet, so it listens on this machine only: " +
      `127.0.0.1, another address of 127.0.0.0/8, ::1 or localhost, not ${host}`,
    ]);
  },
);

Deno.test.each([["80a"], ["1e3"], ["0x10"], ["8000.0"], [" 80"], ["null"]])(
  "loadConfig() reads whole numbers strictly: %s is none",
  async (text) => {
    deepStrictEqual(await faultsOf({ flags: { port: text } }), [
      "Cannot start Lido: the configuration has 1 fault",
      `flag --port: expected a whole number, found "${text}"`,
    ]);
  },
);

Deno.test("loadConfig() tells all faults of all sources at once", async () => {
  const faults = await faultsOf({
    flags: { port: "70000", tasks: "nowhere", prot: "1" },
    env: { LIDO_LOG_LEVL: "info", LIDO_LIMITS_POOLS: "many", LIDO_TOKEN: "t", LIDO_URL: "u" },
    files: {
      "./lido.yaml": "max_size: 5\nhost: 3\nlimits:\n  thraeds: 1\n  zombies: -1\nlog: 7\n",
    },
  });
  deepStrictEqual(faults, [
    "Cannot start Lido: the configuration has 10 faults",
    "lido.yaml: max_size: unknown setting; the nearest known is log.max_size",
    "lido.yaml: limits.thraeds: unknown setting; the nearest known is limits.threads",
    "lido.yaml: log: expected settings as `name: value` lines beneath it",
    "environment LIDO_LOG_LEVL: unknown setting; the nearest known is LIDO_LOG_LEVEL",
    'environment LIDO_LIMITS_POOLS: expected a whole number, found "many"',
    "flag --prot: unknown setting; the nearest known is --port",
    "lido.yaml: host: Invalid input: expected string, received number",
    "flag --port: Too big: expected number to be <=65535",
    "lido.yaml: limits.zombies: Too small: expected number to be >=0",
    "flag --tasks: there is no folder nowhere",
  ]);
});

Deno.test("loadConfig() tells where a YAML text is broken", async () => {
  const [, fault] = await faultsOf({ files: { "./lido.yaml": "port: 1\nport: 2\n" } });
  strictEqual(fault, "lido.yaml: line 2, column 1: Map keys must be unique");
});

Deno.test("loadConfig() refuses a YAML text that holds no settings", async () => {
  const [, fault] = await faultsOf({ files: { "./lido.yaml": "- port\n" } });
  strictEqual(fault, "lido.yaml: expected settings as `name: value` lines");
});

Deno.test("loadConfig() refuses a named file that is not there, or cannot be read", async () => {
  const [, missing] = await faultsOf({ flags: { config: "my.yaml" } });
  strictEqual(missing, "my.yaml: there is no such file");
  const readFile = () => Promise.reject(new Error("Is a directory"));
  const [, unreadable] = await faultsOf({ flags: { config: "folder" }, readFile });
  strictEqual(unreadable, "folder: cannot be read: Is a directory");
});
