import { deepStrictEqual } from "node:assert/strict";
import { Command } from "commander";
import { addDoctorCommand } from "../../../../cli/commands/doctor.ts";
import { fakeWorld, run } from "../fake_world.ts";

const GOOD = { name: "workers", is_ok: true, detail: "start in 12 ms" };
const BAD = { name: "children", is_ok: false, detail: "cannot be started" };

Deno.test("doctor prints what the server found", async () => {
  const { code, out, err } = await run(["doctor"], { answers: { "GET /api/doctor": [GOOD] } });
  deepStrictEqual({ code, out, err }, {
    code: 0,
    out: "RESULT  TEST     FOUND\nok      workers  start in 12 ms\n",
    err: "",
  });
});

Deno.test("doctor exits 1 when a self-test failed", async () => {
  const answers = { "GET /api/doctor": [GOOD, BAD] };
  const { code, out, err } = await run(["doctor", "--json"], { answers });
  deepStrictEqual({ code, out: JSON.parse(out), err }, {
    code: 1,
    out: [GOOD, BAD],
    err: "1 of 2 self-tests failed\n",
  });
});

Deno.test("doctor tests this process and the data folder when there is no server", async () => {
  const { world, texts } = fakeWorld({ env: { LIDO_DATA: "/of/env" } });
  const folders: string[] = [];
  const program = new Command();
  addDoctorCommand(program, world, (data) => {
    folders.push(data);
    return Promise.resolve(folders.length === 1 ? [GOOD] : []);
  });
  await program.parseAsync(["doctor"], { from: "user" });
  await program.parseAsync(["doctor", "--data", "/of/flag", "--json"], { from: "user" });
  deepStrictEqual(folders, ["/of/env", "/of/flag"]);
  deepStrictEqual(texts, {
    out: "RESULT  TEST     FOUND\nok      workers  start in 12 ms\n[]\n",
    err: "No server is running: this process tests itself\n".repeat(2),
  });
});

Deno.test("doctor exits 3 when the server that --url names does not answer", async () => {
  const url = "http://lido.example";
  const { code, out, err } = await run(["doctor", "--url", url]);
  deepStrictEqual({ code, out, err }, { code: 3, out: "", err: `Cannot reach Lido at ${url}\n` });
});
