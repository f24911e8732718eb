/** Reads what each module imports, with the runtime's own parser: comments and texts do not count. */
import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** The folder that the project is in. */
export const PROJECT_FOLDER: string = fileURLToPath(new URL("../..", import.meta.url));

/** One import of one module. */
export interface Import {
  /** The importing file, from the root. */
  readonly from: string;
  /** As it is written. */
  readonly specifier: string;
  /** The imported file from the root, or the specifier if it is none of the root's. */
  readonly to: string;
  /** It is a file, not a package or what is built in. */
  readonly isFile: boolean;
  readonly isTypeOnly: boolean;
  readonly isDynamic: boolean;
}

interface GraphDependency {
  readonly specifier: string;
  readonly code?: { readonly specifier?: string };
  readonly type?: { readonly specifier?: string };
  readonly isDynamic?: boolean;
}
interface Graph {
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly GraphDependency[];
  }[];
}

/** All code files below the given folders and files, from the root; what is not there has none. */
export async function listCodeFiles(root: string, places: readonly string[]): Promise<string[]> {
  const found = await Promise.all(places.map(async (place) => {
    const info = await Deno.stat(join(root, place)).catch(() => undefined);
    if (info?.isFile) return /\.(ts|tsx|js)$/.test(place) ? [place] : [];
    if (!info?.isDirectory) return [];
    const inner = await Array.fromAsync(Deno.readDir(join(root, place)));
    return await listCodeFiles(root, inner.map(({ name }) => `${place}/${name}`));
  }));
  return found.flat().sort();
}

/** Every import of the given files. */
export async function readImports(root: string, files: readonly string[]): Promise<Import[]> {
  const entry = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    const lines = files.map((file) => `import ${JSON.stringify(urlOf(root, file))};`);
    await Deno.writeTextFile(entry, lines.join("\n"));
    const { modules } = await readGraph(entry);
    const wanted = new Map(files.map((file) => [urlOf(root, file), file]));
    return modules.flatMap(({ specifier, dependencies = [] }) => {
      const from = wanted.get(specifier);
      return from === undefined ? [] : dependencies.map((one) => importOf(root, from, one));
    });
  } finally {
    await Deno.remove(entry);
  }
}

async function readGraph(entry: string): Promise<Graph> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "--config", join(PROJECT_FOLDER, "deno.json"), entry],
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout)) as Graph; // the runtime's documented form
}

function importOf(root: string, from: string, dependency: GraphDependency): Import {
  const { specifier, code, type, isDynamic = false } = dependency;
  const url = code?.specifier ?? type?.specifier ?? specifier;
  const isFile = url.startsWith("file:");
  const to = isFile ? relative(root, fileURLToPath(url)) : specifier;
  return { from, specifier, to, isFile, isTypeOnly: code === undefined, isDynamic };
}

function urlOf(root: string, file: string): string {
  return pathToFileURL(join(root, file)).href;
}
