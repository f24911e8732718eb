/** The rooms of the house: who may import whom, and who may touch the process. */
import { deepStrictEqual, ok } from "node:assert/strict";
import { dirname, join } from "node:path";
import project from "../deno.json" with { type: "json" };
import { type Import, listCodeFiles, PROJECT_FOLDER, readImports } from "./helpers/import_graph.ts";

const ROOMS = ["main.ts", "core", "routes", "views", "static", "cli"];

/** One rule: whom it is for, what they may import, and how that is said. */
interface Rule {
  readonly files: RegExp;
  readonly allows: (one: Import) => boolean;
  readonly says: string;
}

/** Where the server is put together, or its data is worked on: only there is more than schemas imported. */
const STARTS_THE_CORE = [
  "cli/start.ts",
  ...["doctor", "backup", "restore"].map((name) => `cli/commands/${name}.ts`),
];

/** What is loaded only where something is traced, because it loads OpenTelemetry. */
const TRACING = [
  "core/observation/traces/traces.ts",
  "core/observation/traces/attempt_trace.ts",
  "core/execution/task_spans.ts",
  "core/execution/hide_addresses.ts",
];

const RULES: readonly Rule[] = [
  {
    files: /^/,
    allows: ({ to }) => !to.startsWith("tests/"),
    says: "the product never imports tests",
  },
  {
    files: /^/,
    allows: ({ to, isFile }) => isFile || to.startsWith("node:") || isMapped(to),
    says: "packages come from the import map of deno.json alone, by their names there",
  },
  {
    files: /^core\//,
    allows: ({ to, isFile }) => !isFile || to.startsWith("core/"),
    says: "core imports itself and libraries",
  },
  {
    files: /^core\//,
    allows: ({ to }) => !isPackage(to, "hono") && !isPackage(to, "commander"),
    says: "core knows no HTTP framework and no command line",
  },
  {
    files: /^/,
    allows: ({ from, to, isTypeOnly, isDynamic }) =>
      isTypeOnly || isDynamic || TRACING.includes(from) ||
      !isPackage(to, "@opentelemetry") && !TRACING.includes(to),
    says: "OpenTelemetry is loaded where something is traced, and else nowhere",
  },
  {
    files: /^core\/model\//,
    allows: ({ to }) => to.startsWith("core/model/") || to === "zod",
    says: "the model imports itself and zod",
  },
  {
    files: /^core\/execution\//,
    allows: ({ to }) => !to.startsWith("core/engine/") && !/^core\/[^/]+$/.test(to),
    says: "execution imports neither the engine nor what stands above it",
  },
  {
    files: /^core\/engine\//,
    allows: ({ to }) => !/^core\/[^/]+$/.test(to),
    says: "the engine imports nothing that stands above it",
  },
  {
    files: /^routes\//,
    // The nearest known name, told to whoever mistyped a field, is a matter of words.
    allows: ({ to }) =>
      to.startsWith("routes/") || to.startsWith("views/") || to === "core/mod.ts" ||
      to.startsWith("node:") || isPackage(to, "hono") || to === "zod" ||
      to === "fastest-levenshtein" || isPackage(to, "csv-parse") || isPackage(to, "csv-stringify"),
    says: "routes import core/mod.ts, views, hono, zod, node:, and packages of names and of CSV",
  },
  {
    files: /^views\//,
    allows: ({ to, isTypeOnly }) =>
      to.startsWith("views/") || isPackage(to, "hono") || (to === "core/mod.ts" && isTypeOnly),
    says: "views import themselves, hono's JSX, and types of core/mod.ts",
  },
  {
    files: /^cli\/client\//,
    allows: ({ to }) => to.startsWith("cli/client/"),
    says: "the client imports itself alone: programs and browsers use it, too",
  },
  {
    files: /^cli\//,
    allows: ({ to, from, isFile, isTypeOnly, isDynamic }) =>
      !isFile || to.startsWith("cli/") || to === "deno.json" ||
      to === "core/config.ts" || to.startsWith("core/model/") ||
      (STARTS_THE_CORE.includes(from) && (isTypeOnly || isDynamic)),
    says:
      "commands import schemas of core, and only start and what works on data loads the rest when it runs",
  },
];

/**
 * Who may end the process, beside main.ts: the entries of child processes. Each is the `main.ts` of
 * a process of its own, and must be gone when its parent or its thread is.
 */
const MAY_EXIT = [
  "main.ts",
  "core/execution/child_main.ts",
  "core/execution/self_test_main.ts",
  "core/tasks/describe_main.ts",
];

/** Threads and processes of Lido's own that start often, or that a start waits for. */
const LEAN_ENTRIES = [
  "core/engine/local/journal/writer_main.ts",
  "core/engine/local/journal/reader_main.ts",
  "core/engine/local/journal/text_index_main.ts",
  "core/engine/local/journal/errand_main.ts",
  "core/execution/child_main.ts",
];

function isMapped(to: string): boolean {
  return Object.keys(project.imports).some((name) => isPackage(to, name));
}

function isPackage(to: string, name: string): boolean {
  return to === name || to.startsWith(`${name}/`);
}

function findStrays(imports: readonly Import[]): string[] {
  return imports.flatMap((one) =>
    RULES.filter(({ files, allows }) => files.test(one.from) && !allows(one))
      .map(({ says }) => `${one.from} imports ${one.specifier}: ${says}`)
  );
}

/** Lines of comments may speak of what code must not do. */
function findProcessUse(file: string, text: string): string[] {
  const code = text.replaceAll(/^\s*(\/?\*|\/\/).*$/gm, "");
  const exits = /\b(Deno|process)\.exit\b/.test(code) && !MAY_EXIT.includes(file);
  const reads = /\b(Deno|process)\.env\b/.test(code) && file !== "main.ts";
  return [
    ...(exits ? [`${file} ends the process: that is main.ts' to do`] : []),
    ...(reads ? [`${file} reads the environment: that is main.ts' to do`] : []),
  ];
}

Deno.test("Every import of the product stays within the rooms' rules", async () => {
  const files = await listCodeFiles(PROJECT_FOLDER, ROOMS);
  ok(["main.ts", "core/manager.ts", "routes/app.ts"].every((file) => files.includes(file)));
  deepStrictEqual(findStrays(await readImports(PROJECT_FOLDER, files)), []);
});

Deno.test("Threads that a start waits for load no package: zod takes one longer than all else", async () => {
  const files = await listCodeFiles(PROJECT_FOLDER, ["core"]);
  const imports = (await readImports(PROJECT_FOLDER, files))
    .filter(({ isTypeOnly, isDynamic }) => !isTypeOnly && !isDynamic);
  const reached = new Set(LEAN_ENTRIES);
  // What is added meanwhile has its turn, too.
  for (const file of reached) {
    for (const { from, to, isFile } of imports) if (from === file && isFile) reached.add(to);
  }
  ok(reached.size > LEAN_ENTRIES.length);
  const packages = imports.filter(({ from, to, isFile }) =>
    reached.has(from) && !isFile && !to.startsWith("node:")
  );
  deepStrictEqual(packages.map(({ from, specifier }) => `${from} imports ${specifier}`), []);
});

Deno.test("Nobody but main.ts and the entries of child processes touches the process", async () => {
  const files = await listCodeFiles(PROJECT_FOLDER, ROOMS);
  const found = await Promise.all(files.map(async (file) => {
    return findProcessUse(file, await Deno.readTextFile(join(PROJECT_FOLDER, file)));
  }));
  deepStrictEqual(found.flat(), []);
});

Deno.test("The packages of the import map come from npm, each in one exact version", () => {
  const strays = Object.values(project.imports)
    .filter((source) => !/^npm:(@[\w-]+\/)?[\w.-]+@\d+\.\d+\.\d+$/.test(source));
  deepStrictEqual(strays, ["./core/tasks/lido.ts"]); // what task files import
});

Deno.test("Every symbol of core/mod.ts has a doc comment", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", join(PROJECT_FOLDER, "core/mod.ts")],
  }).output();
  const { nodes } = JSON.parse(new TextDecoder().decode(stdout)) as Documentation;
  const symbols = Object.values(nodes).flatMap((node) => node.symbols);
  const bare = symbols.filter(({ declarations }) => declarations.some((one) => !one.jsDoc?.doc));
  deepStrictEqual([symbols.length > 30, bare.map(({ name }) => name)], [true, []]);
});

/** What `deno doc --json` gives, as far as it is looked at. */
interface Documentation {
  readonly nodes: Readonly<Record<string, { readonly symbols: readonly DocumentedSymbol[] }>>;
}
interface DocumentedSymbol {
  readonly name: string;
  readonly declarations: readonly { readonly jsDoc?: { readonly doc?: string } }[];
}

/** A house with one stray in each room, beside imports that are allowed. */
const STRAY_HOUSE: Readonly<Record<string, string>> = {
  "main.ts": `import "./cli/program.ts";\nimport "./tests/helper.ts";`,
  "core/manager.ts": `import "hono";\nimport "zod";\nimport "./engine/engine.ts";`,
  "core/engine/engine.ts": `import "../manager.ts";\nimport "../execution/pool.ts";`,
  "core/execution/pool.ts": `import "../engine/engine.ts";\nimport "node:url";`,
  "core/observation/traces/traces.ts": `import "@opentelemetry/api";`,
  "core/bulk.ts": `import type { A } from "./observation/traces/traces.ts";\n` +
    `import "./observation/traces/traces.ts";\nawait import("@opentelemetry/api");`,
  "core/model/pool.ts": `import "../execution/pool.ts";\nimport "node:url";`,
  "routes/app.ts": `import "../core/mod.ts";\nimport type { A } from "../core/manager.ts";`,
  "views/page.tsx":
    `import type { A } from "../core/mod.ts";\nimport { b } from "../core/mod.ts";\n` +
    `import "../routes/app.ts";`,
  "cli/program.ts": `import "../core/config.ts";\nawait import("../core/mod.ts");`,
  "cli/start.ts": `import type { A } from "../core/mod.ts";\nawait import("../core/mod.ts");\n` +
    `import "../core/manager.ts"; // import "never/seen.ts"`,
  "static/page.js": `import "https://example.com/x.js";\nimport "left-pad";\nimport "jsr:@std/a";`,
};

Deno.test("The check of imports finds a planted stray in every room", async () => {
  const root = await Deno.makeTempDir();
  try {
    for (const [file, text] of Object.entries(STRAY_HOUSE)) {
      await Deno.mkdir(join(root, dirname(file)), { recursive: true });
      await Deno.writeTextFile(join(root, file), text);
    }
    const files = await listCodeFiles(root, ROOMS);
    const found = findStrays(await readImports(await Deno.realPath(root), files));
    deepStrictEqual(found.map((stray) => stray.split(":")[0]).sort(), [
      "cli/program.ts imports ../core/mod.ts",
      "cli/start.ts imports ../core/manager.ts",
      "core/bulk.ts imports ./observation/traces/traces.ts",
      "core/engine/engine.ts imports ../manager.ts",
      "core/execution/pool.ts imports ../engine/engine.ts",
      "core/manager.ts imports hono",
      "core/model/pool.ts imports ../execution/pool.ts",
      "core/model/pool.ts imports node",
      "main.ts imports ./tests/helper.ts",
      "routes/app.ts imports ../core/manager.ts",
      "static/page.js imports https",
      "static/page.js imports jsr",
      "static/page.js imports left-pad",
      "views/page.tsx imports ../core/mod.ts",
      "views/page.tsx imports ../routes/app.ts",
    ]);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("The check of process use finds a planted one, and no comment", () => {
  deepStrictEqual(findProcessUse("cli/a.ts", "// Deno.exit\nconst a = Deno.env.get('A');"), [
    "cli/a.ts reads the environment: that is main.ts' to do",
  ]);
  deepStrictEqual(findProcessUse("core/a.ts", " * Deno.env\nprocess.exit(1);"), [
    "core/a.ts ends the process: that is main.ts' to do",
  ]);
  deepStrictEqual(findProcessUse("main.ts", "Deno.exit(Number(Deno.env.get('A')))"), []);
});
