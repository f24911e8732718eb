import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { backUpFolder } from "../../../../core/mod.ts";
import { readStates, StoredJournals } from "../../../helpers/stored_journal.ts";
import { failure, run } from "../fake_world.ts";

/** Answers as a server does whose journal is a file. */
function answersOf(file: string) {
  const headers = { "content-type": "application/vnd.sqlite3" };
  return {
    "GET /api/backup": () => new Response(Deno.readFileSync(file), { headers }),
  };
}

/** A folder for files, and one with a journal and a backup of that. */
async function makeWorld() {
  const journals = await StoredJournals.open();
  const data = await journals.make("data", { completed: 3, pending: 2 });
  const source = journals.path("source.sqlite");
  await backUpFolder(data, source);
  await Deno.mkdir(journals.path("out"));
  return { journals, data, source, out: journals.path("out"), file: journals.path("out/b.sqlite") };
}

Deno.test("backup writes what the server sends, with mode 0600", async () => {
  const { journals, source, out, file } = await makeWorld();
  await using _ = journals;
  const { code, out: said, err } = await run(["backup", file, "--json"], {
    answers: answersOf(source),
  });
  deepStrictEqual({ code, err, said: JSON.parse(said) }, {
    code: 0,
    err: "",
    said: { path: file, bytes: statSync(source).size, tasks: 5 },
  });
  deepStrictEqual([readdirSync(out), statSync(file).mode & 0o777], [["b.sqlite"], 0o600]);
  deepStrictEqual(Deno.readFileSync(file), Deno.readFileSync(source));
});

Deno.test("backup refuses a file that is there, unless it is forced", async () => {
  const { journals, source, out, file } = await makeWorld();
  await using _ = journals;
  await Deno.writeTextFile(file, "dear");
  const answers = answersOf(source);
  deepStrictEqual(await run(["backup", file], { answers }), {
    code: 1,
    out: "",
    err: `Cannot write ${file}: it is there already; --force replaces it\n`,
    seen: [],
  });
  strictEqual(await Deno.readTextFile(file), "dear");
  strictEqual((await run(["backup", file, "--force"], { answers })).code, 0);
  deepStrictEqual([readdirSync(out), readStates(file)], [["b.sqlite"], { 3: 2, 5: 3 }]);
});

Deno.test("backup keeps nothing of an answer that is cut off, damaged or a refusal", async () => {
  const { journals, source, out, file } = await makeWorld();
  await using _ = journals;
  const headers = { "content-type": "application/vnd.sqlite3" };
  const bytes = Deno.readFileSync(source);
  const cutOff = new ReadableStream({
    start(controller) {
      controller.enqueue(bytes.subarray(0, 9_000));
      controller.error(new TypeError("connection reset"));
    },
  });
  const cases: readonly (readonly [Response, RegExp])[] = [
    [new Response(cutOff, { headers }), /^Cannot back up: connection reset\n$/],
    [
      new Response(bytes.subarray(0, 81_920), { headers }),
      /^Cannot back up: the copy is bad: .*\n$/,
    ],
    [failure(409, "Cannot back up: another backup is under way"), /^Cannot back up: another/],
    [
      new Response("<html>", { headers: { "content-type": "text/html" } }),
      /without Lido's JSON\n$/,
    ],
  ];
  for (const [answer, message] of cases) {
    const ran = await run(["backup", file], { answers: { "GET /api/backup": answer } });
    deepStrictEqual([ran.code, ran.out, readdirSync(out)], [1, "", []]);
    match(ran.err, message);
  }
});

Deno.test("backup of a folder that is named copies it, and asks no server", async () => {
  const { journals, data, source, file } = await makeWorld();
  await using _ = journals;
  const ran = await run(["backup", file, "--data", data], { answers: answersOf(source) });
  const { size } = statSync(file);
  deepStrictEqual(ran, {
    code: 0,
    out: `Wrote ${file}: 5 tasks, ${size} bytes\n`,
    err: "",
    seen: [],
  });
});

Deno.test("backup without a server copies the folder that start would use, and says so", async () => {
  const { journals, data, file } = await makeWorld();
  await using _ = journals;
  const { code, err } = await run(["backup", file], { env: { LIDO_DATA: data } });
  deepStrictEqual([code, err], [0, `No server is running: this process copies ${data}\n`]);
});

Deno.test("backup does not copy a folder in the stead of a server that was named", async () => {
  const { journals, data, out, file } = await makeWorld();
  await using _ = journals;
  const url = "http://127.0.0.1:9";
  const byFlag = await run(["backup", file, "--url", url], { env: { LIDO_DATA: data } });
  const byVariable = await run(["backup", file], { env: { LIDO_DATA: data, LIDO_URL: url } });
  for (const ran of [byFlag, byVariable]) {
    deepStrictEqual([ran.code, ran.out, readdirSync(out)], [3, "", []]);
    match(ran.err, /^Cannot reach Lido at http:\/\/127\.0\.0\.1:9: /);
  }
});

Deno.test("backup tells in one sentence where it cannot write", async () => {
  const { journals, source, data } = await makeWorld();
  await using _ = journals;
  const file = join(journals.folder, "none", "b.sqlite");
  for (const args of [["--data", data], []]) {
    const { code, err } = await run(["backup", file, ...args], { answers: answersOf(source) });
    strictEqual(code, 1);
    match(err, /^Cannot back up[^\n]*: [^\n]*\n$/);
  }
});

Deno.test("backup and restore exit 2 without a file", async () => {
  for (const command of ["backup", "restore"]) strictEqual((await run([command])).code, 2);
});
