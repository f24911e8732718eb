import { LineCounter, parseDocument } from "yaml";
import type { ConfigEntry, ConfigReading } from "./load_config.ts";
import { nearest } from "./nearest.ts";
import { SETTINGS } from "./settings.ts";

const BY_NAME = new Map(SETTINGS.map((setting) => [setting.yamlName, setting]));
const NAMES = [...BY_NAME.keys()];
/** Names that hold settings and are none: `log`, `limits`. */
const SECTIONS = new Set(
  NAMES.filter((name) => name.includes(".")).map((name) => name.replace(/\..*/, "")),
);

/** Reads the settings of a YAML text; `file` names it in faults. */
export function readYamlEntries(file: string, text: string): ConfigReading {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    const faults = document.errors.map((error) => {
      const { line, col } = lines.linePos(error.pos[0]);
      return `${file}: line ${line}, column ${col}: ${error.message}`;
    });
    return { entries: [], faults };
  }
  const root: unknown = document.toJS();
  // A file of comments alone is empty, and that is no fault.
  if (root === null) return { entries: [], faults: [] };
  if (!isMapping(root)) {
    return { entries: [], faults: [`${file}: expected settings as \`name: value\` lines`] };
  }
  return readMapping(file, "", root);
}

function readMapping(
  file: string,
  prefix: string,
  mapping: Readonly<Record<string, unknown>>,
): ConfigReading {
  const entries: ConfigEntry[] = [];
  const faults: string[] = [];
  for (const [key, value] of Object.entries(mapping)) {
    const name = prefix + key;
    const source = `${file}: ${name}`;
    const setting = BY_NAME.get(name);
    if (setting !== undefined) {
      entries.push({ setting, value, source });
    } else if (!SECTIONS.has(name)) {
      faults.push(`${source}: unknown setting; the nearest known is ${nearest(name, NAMES)}`);
    } else if (isMapping(value)) {
      const inner = readMapping(file, `${name}.`, value);
      entries.push(...inner.entries);
      faults.push(...inner.faults);
    } else if (value !== null) {
      faults.push(`${source}: expected settings as \`name: value\` lines beneath it`);
    }
  }
  return { entries, faults };
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
