/**
 * Makes the configuration of its four sources: flags win over the environment, the environment over
 * the YAML file, the file over the defaults. Every fault is found before any is told, so that nobody
 * has to start a server five times to correct five faults.
 */
import { Config } from "../core/config.ts";
import { UsageError } from "./exit_code.ts";
import { isLoopback } from "./loopback.ts";
import { nearest } from "./nearest.ts";
import { parseLeaf } from "./schema_leaves.ts";
import { type Setting, SETTINGS } from "./settings.ts";
import { readYamlEntries } from "./yaml_entries.ts";
import { messageOf } from "../core/model/errors.ts";

/** Where values come from. */
export interface ConfigSources {
  /** By the flag's name without dashes: `log-level`. */
  readonly flags: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  /** The file's text, or undefined if there is no such file. */
  readonly readFile: (path: string) => Promise<string | undefined>;
  readonly isFolder: (path: string) => Promise<boolean>;
}

/** A value that a source gives to a setting. */
export interface ConfigEntry {
  readonly setting: Setting;
  readonly value: unknown;
  /** As it is told: `flag --port`. */
  readonly source: string;
}

/** What reading a source came to. */
export interface ConfigReading {
  readonly entries: readonly ConfigEntry[];
  /** Whole sentences, each with its source. */
  readonly faults: readonly string[];
}

/** The YAML file that is read if none is named. */
const CONFIG_FILE = "./lido.yaml";
/** The folder of task files that is used if none is named. */
const TASKS_FOLDER = "./tasks";
/** Variables that are no settings of the server: the commands read them, and where the file is. */
const OTHER_VARIABLES = ["LIDO_CONFIG", "LIDO_TOKEN", "LIDO_URL"];

/**
 * Reads all sources and checks them.
 * @throws {UsageError} with every fault, each on a line of its own.
 */
export async function loadConfig(sources: ConfigSources): Promise<Config> {
  const readings = [
    await readYaml(sources),
    readEnvironment(sources.env),
    readFlags(sources.flags),
  ];
  const winners = new Map<Setting, ConfigEntry>();
  for (const entry of readings.flatMap((reading) => reading.entries)) {
    winners.set(entry.setting, entry); // the later source wins
  }
  const faults = readings.flatMap((reading) => reading.faults);
  const parsed = Config.safeParse(nest([...winners.values()]));
  faults.push(...(parsed.error?.issues ?? []).map((issue) => {
    const entry = findEntry(winners, issue.path);
    return `${entry?.source ?? issue.path.join(".")}: ${issue.message}`;
  }));
  faults.push(...await checkWorld(winners, sources));
  if (parsed.data !== undefined && faults.length === 0) {
    return freeze(await withTasksFolder(parsed.data, winners, sources));
  }
  throw new UsageError(tell(faults));
}

async function readYaml({ flags, env, readFile }: ConfigSources): Promise<ConfigReading> {
  const named = flags["config"] ?? (env["LIDO_CONFIG"] || undefined);
  const path = named ?? CONFIG_FILE;
  const file = path.replace(/^\.\//, "");
  try {
    const text = await readFile(path);
    if (text !== undefined) return readYamlEntries(file, text);
    return { entries: [], faults: named === undefined ? [] : [`${file}: there is no such file`] };
  } catch (error) {
    const reason = messageOf(error);
    return { entries: [], faults: [`${file}: cannot be read: ${reason}`] };
  }
}

/** An empty variable counts as not set: that is how compose files and units leave one out. */
function readEnvironment(env: ConfigSources["env"]): ConfigReading {
  const byName = new Map(SETTINGS.map((setting) => [setting.envName, setting]));
  const known = [...byName.keys(), ...OTHER_VARIABLES];
  const given = Object.entries(env).filter(([name, value]) =>
    name.startsWith("LIDO_") && value !== ""
  );
  return readTexts(given, {
    settingOf: (name) => byName.get(name),
    isOther: (name) => OTHER_VARIABLES.includes(name),
    sourceOf: (name) => `environment ${name}`,
    nearestTo: (name) => nearest(name, known),
  });
}

function readFlags(flags: ConfigSources["flags"]): ConfigReading {
  const byName = new Map(SETTINGS.map((setting) => [setting.flagName, setting]));
  return readTexts(Object.entries(flags), {
    settingOf: (name) => byName.get(name),
    isOther: (name) => name === "config",
    sourceOf: (name) => `flag --${name}`,
    nearestTo: (name) => `--${nearest(name, [...byName.keys(), "config"])}`,
  });
}

interface TextNames {
  readonly settingOf: (name: string) => Setting | undefined;
  readonly isOther: (name: string) => boolean;
  readonly sourceOf: (name: string) => string;
  readonly nearestTo: (name: string) => string;
}

function readTexts(
  given: readonly (readonly [string, string])[],
  names: TextNames,
): ConfigReading {
  const entries: ConfigEntry[] = [];
  const faults: string[] = [];
  for (const [name, text] of given) {
    const setting = names.settingOf(name);
    const source = names.sourceOf(name);
    if (setting === undefined) {
      if (names.isOther(name)) continue;
      faults.push(`${source}: unknown setting; the nearest known is ${names.nearestTo(name)}`);
      continue;
    }
    try {
      entries.push({ setting, source, value: parseLeaf(setting.leaf, text) });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      faults.push(`${source}: ${error.message}`);
    }
  }
  return { entries, faults };
}

/** What the schema cannot know: the machine's network and its folders. */
async function checkWorld(
  winners: ReadonlyMap<Setting, ConfigEntry>,
  { isFolder }: ConfigSources,
): Promise<readonly string[]> {
  const faults: string[] = [];
  const host = findEntry(winners, ["host"]);
  if (typeof host?.value === "string" && host.value !== "" && !isLoopback(host.value)) {
    faults.push(
      `${host.source}: Lido has no accounts yet, so it listens on this machine only: ` +
        `127.0.0.1, another address of 127.0.0.0/8, ::1 or localhost, not ${host.value}`,
    );
  }
  const tasks = findEntry(winners, ["tasks"]);
  if (typeof tasks?.value === "string" && tasks.value !== "" && !await isFolder(tasks.value)) {
    faults.push(`${tasks.source}: there is no folder ${tasks.value}`);
  }
  return faults;
}

async function withTasksFolder(
  config: Config,
  winners: ReadonlyMap<Setting, ConfigEntry>,
  { isFolder }: ConfigSources,
): Promise<Config> {
  if (findEntry(winners, ["tasks"]) !== undefined || !await isFolder(TASKS_FOLDER)) return config;
  return { ...config, tasks: TASKS_FOLDER };
}

function findEntry(
  winners: ReadonlyMap<Setting, ConfigEntry>,
  path: readonly PropertyKey[],
): ConfigEntry | undefined {
  const key = path.join(".");
  return [...winners.values()].find(({ setting }) => setting.leaf.path.join(".") === key);
}

/** Settings lie at most one folder deep, as the schema has them. */
function nest(entries: readonly ConfigEntry[]): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  const folders = new Map<string, Record<string, unknown>>();
  for (const { setting: { leaf: { path: [first = "", second] } }, value } of entries) {
    if (second === undefined) {
      root[first] = value;
      continue;
    }
    const folder = folders.get(first) ?? {};
    folders.set(first, folder);
    root[first] = folder;
    folder[second] = value;
  }
  return root;
}

function freeze(config: Config): Config {
  Object.freeze(config.log);
  Object.freeze(config.limits);
  return Object.freeze(config);
}

function tell(faults: readonly string[]): string {
  const count = faults.length === 1 ? "1 fault" : `${faults.length} faults`;
  return [`Cannot start Lido: the configuration has ${count}`, ...faults].join("\n  ");
}
