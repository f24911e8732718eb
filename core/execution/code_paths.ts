import { fileURLToPath } from "node:url";

/** What every thread must be able to read: Lido's own code and the packages that it uses. */
export const OWN_CODE: readonly string[] = ["../../core", "../../node_modules", "../../deno.json"]
  .map((path) => fileURLToPath(new URL(path, import.meta.url)));

/** Where the import map is that gives task files their `lido`. */
export const CONFIG_FILE: string = fileURLToPath(new URL("../../deno.json", import.meta.url));
