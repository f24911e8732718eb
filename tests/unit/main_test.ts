import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../main.ts", import.meta.url));

/** Runs `main.ts` as the client tasks of deno.json do, without the caller's own `LIDO_…`. */
async function main(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: number; out: string; err: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--no-prompt", "--allow-read", "--allow-net", "--allow-env", MAIN]
      .concat(args),
    env: { LIDO_URL: "", LIDO_TOKEN: "", NO_COLOR: "1", ...env },
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, out: out ?? "", err: err ?? "" };
}

Deno.test("main.ts --help exits 0 with the commands on standard output", async () => {
  const { code, out, err } = await main(["--help"]);
  deepStrictEqual({ code, err }, { code: 0, err: "" });
  strictEqual(out.includes("$ deno task submit checksum --path docs --wait"), true);
});

Deno.test("main.ts exits 2 on an unknown command, without a stack", async () => {
  deepStrictEqual(await main(["bogus"]), {
    code: 2,
    out: "",
    err: "error: unknown command 'bogus'\n(add --help for what can be said)\n",
  });
});

Deno.test("main.ts exits 3 when nothing listens at LIDO_URL", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const url = `http://127.0.0.1:${listener.addr.port}`;
  listener.close(); // so that the port is free, and was a moment ago
  deepStrictEqual(await main(["pool", "list"], { LIDO_URL: url }), {
    code: 3,
    out: "",
    err: `Cannot reach Lido at ${url}: ` +
      `start it with \`deno task start --port ${listener.addr.port}\`\n`,
  });
});

Deno.test("main.ts does not mind that nobody reads what it prints", async () => {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--no-prompt", "--allow-read", "--allow-env", MAIN, "--help"],
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  await child.stdout.cancel();
  const [{ code }, err] = await Promise.all([child.status, new Response(child.stderr).text()]);
  deepStrictEqual({ code, err }, { code: 0, err: "" });
});
