/** How permissions are handed to a child process, and to the Web Worker that runs task code. */
import type { Permissions } from "../model/pool.ts";
import { CONFIG_FILE, OWN_CODE } from "./code_paths.ts";

/** Arguments of a child process of Deno that may do what `permissions` say, and read Lido's code. */
export function childArguments(
  entry: string,
  { memoryMb, permissions }: { readonly memoryMb: number; readonly permissions: Permissions },
): string[] {
  // A comma parts two grants; doubled, it is one of a path.
  const grant = (name: string, to: readonly string[]) =>
    to.length === 0
      ? []
      : [`--allow-${name}=${to.map((one) => one.replaceAll(",", ",,")).join(",")}`];
  return [
    "run",
    "--quiet",
    "--no-prompt",
    "--no-remote",
    "--cached-only",
    "--unstable-worker-options",
    `--config=${CONFIG_FILE}`,
    `--v8-flags=--max-old-space-size=${memoryMb}`,
    ...grant("read", [...OWN_CODE, ...permissions.read]),
    ...grant("write", permissions.write),
    ...grant("net", permissions.net),
    ...grant("env", permissions.env),
    entry,
  ];
}

/** The same for a Web Worker: what is not named is refused. */
export function workerPermissions(permissions: Permissions): Deno.PermissionOptionsObject {
  return {
    read: [...OWN_CODE, ...permissions.read],
    write: [...permissions.write],
    net: [...permissions.net],
    env: [...permissions.env],
    run: false,
    ffi: false,
    sys: false,
  };
}
