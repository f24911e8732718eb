import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { failure, run } from "../fake_world.ts";
import { POOL_ID, wirePool } from "../wire_samples.ts";

const OTHER_ID = "01979a3e-0000-7000-8000-000000000002";
const LIST = { "GET /api/pools": [wirePool()] };

Deno.test("pool list prints a line for each open pool", async () => {
  deepStrictEqual(await run(["pool", "list"], { answers: LIST }), {
    code: 0,
    out: "ID                                    NAME     STATUS   MAX  WAIT  RUN  DONE  FAIL\n" +
      `${POOL_ID}  default  running    5     2    1     7     0\n`,
    err: "",
    seen: [{ method: "GET", path: "/api/pools", body: undefined }],
  });
});

Deno.test("pool list says so when there are none", async () => {
  strictEqual(
    (await run(["pool", "list"], { answers: { "GET /api/pools": [] } })).out,
    "No pools.\n",
  );
});

Deno.test("pool list --json prints the data alone", async () => {
  const { out } = await run(["pool", "list", "--status", "all", "--json"], {
    answers: { "GET /api/pools?status=all": [wirePool()] },
  });
  deepStrictEqual(JSON.parse(out), [wirePool()]);
});

Deno.test("pool create sends what its flags name, in the wire's names", async () => {
  const args = "pool create --name crunch --max-workers 4 --permissions-read /a " +
    "--permissions-read /b --run-timeout-ms null --isolation thread --no-warm-spare";
  const { code, out, seen } = await run(args.split(" "), {
    answers: { "POST /api/pools": wirePool({ name: "crunch" }) },
  });
  deepStrictEqual({ code, out }, { code: 0, out: `Opened pool crunch (${POOL_ID})\n` });
  deepStrictEqual(seen.map(({ body }) => body), [{
    name: "crunch",
    max_workers: 4,
    isolation: "thread",
    permissions: { read: ["/a", "/b"] },
    run_timeout_ms: null,
    warm_spare: false,
  }]);
});

Deno.test.each([
  ["pool create --max-workers four", 'expected a whole number, found "four"'],
  ["pool create --isolation jail", 'expected one of process, thread, found "jail"'],
  ["pool create --max-wrokers 4", "Did you mean --max-workers?"],
  ["pool settings default --isolation thread", "unknown option '--isolation'"],
  ["pool resize default", "missing required argument 'max-workers'"],
  ["pool show", "missing required argument 'pool'"],
  ["pool show a b", "too many arguments"],
  ["pool lst", "Did you mean list?"],
])("pool exits 2 on wrong usage: %s", async (line, expected) => {
  const { code, err, seen } = await run(line.split(" "), { answers: LIST });
  deepStrictEqual({ code, isTold: err.includes(expected), seen }, {
    code: 2,
    isTold: true,
    seen: [],
  });
});

Deno.test("pool show finds a pool by its id without a list", async () => {
  const worker = {
    index: 0,
    state: "idle",
    running: [],
    done: 3,
    failed: 1,
    memory_bytes: 2 ** 20,
    pid: 77,
  };
  const { out, seen } = await run(["pool", "show", POOL_ID], {
    answers: { [`GET /api/pools/${POOL_ID}`]: wirePool({ workers: [worker], zombies: 1 }) },
  });
  strictEqual(
    out,
    `pool:      ${POOL_ID}
name:      default
status:    running
isolation: process
threads:   0 to 5
pending:   2
running:   1
completed: 7
failed:    0
cancelled: 0
zombies:   1

THREAD  STATE  DONE  FAILED  MIB  PID
     0  idle      3       1    1   77
`,
  );
  strictEqual(seen.length, 1);
});

Deno.test("pool show tells the nearest name when no open pool bears the given one", async () => {
  const { code, err } = await run(["pool", "show", "defualt"], { answers: LIST });
  deepStrictEqual({ code, err }, {
    code: 1,
    err: "Cannot find pool: no open pool is named defualt; the nearest name is default\n",
  });
});

Deno.test("pool show asks for an id when two open pools bear the name", async () => {
  const { code, err } = await run(["pool", "show", "default"], {
    answers: { "GET /api/pools": [wirePool(), wirePool({ pool_id: OTHER_ID })] },
  });
  deepStrictEqual({ code, err }, {
    code: 1,
    err: "Cannot tell which pool is meant: 2 open pools are named default; name one by its id\n" +
      `  ${POOL_ID}\n  ${OTHER_ID}\n`,
  });
});

Deno.test.each([
  ["pause", "POST", "/pause", {}, "Paused"],
  ["resume", "POST", "/resume", {}, "Resumed"],
  ["drain", "POST", "/drain", {}, "Draining"],
  ["drain --deadline-ms 5", "POST", "/drain", { deadline_ms: 5 }, "Draining"],
  ["close", "DELETE", "", undefined, "Closing"],
  ["close --deadline-ms 5", "DELETE", "?deadline_ms=5", undefined, "Closing"],
])("pool %s asks for it once", async (command, method, path, body, done) => {
  const { code, out, seen } = await run(["pool", ...command.split(" "), POOL_ID], {
    answers: { [`${method} /api/pools/${POOL_ID}${path}`]: wirePool() },
  });
  deepStrictEqual({ code, out }, { code: 0, out: `${done} pool default (${POOL_ID})\n` });
  deepStrictEqual(seen, [{ method, path: `/api/pools/${POOL_ID}${path}`, body }]);
});

Deno.test("pool resize prints the server's message", async () => {
  const { out, seen } = await run(["pool", "resize", POOL_ID, "8", "--min-workers", "1"], {
    answers: {
      [`PUT /api/pools/${POOL_ID}/resize`]: () =>
        Response.json({ success: true, data: {}, message: "Resized" }),
    },
  });
  strictEqual(out, "Resized\n");
  deepStrictEqual(seen[0]?.body, { max_workers: 8, min_workers: 1 });
});

Deno.test("pool force-close tells what it ended", async () => {
  const { out } = await run(["pool", "force-close", "default"], {
    answers: {
      ...LIST,
      [`DELETE /api/pools/${POOL_ID}/force-close`]: { cancelled_tasks: 3, stopped_tasks: 1 },
    },
  });
  strictEqual(out, "Closed pool default: 3 tasks cancelled, 1 stopped\n");
});

Deno.test("pool cancel-pending tells how many it cancelled", async () => {
  const { out } = await run(["pool", "cancel-pending", "default"], {
    answers: { ...LIST, [`POST /api/pools/${POOL_ID}/cancel_pool_tasks`]: { cancelled_tasks: 3 } },
  });
  strictEqual(out, "Cancelled 3 tasks of pool default\n");
});

Deno.test("pool settings prints all settings when no flag names one", async () => {
  const { out, seen } = await run(["pool", "settings", POOL_ID, "--json"], {
    answers: { [`GET /api/pools/${POOL_ID}`]: wirePool({ memory_mb: 512 }) },
  });
  const { name, max_workers, memory_mb } = JSON.parse(out);
  deepStrictEqual({ name, max_workers, memory_mb }, {
    name: "default",
    max_workers: 5,
    memory_mb: 512,
  });
  strictEqual(seen.length, 1);
});

Deno.test("pool settings keeps the permissions that no flag names", async () => {
  const { code, seen } = await run(
    ["pool", "settings", POOL_ID, "--permissions-net", "example.com:443", "--memory-mb", "128"],
    {
      answers: {
        [`GET /api/pools/${POOL_ID}`]: wirePool(),
        [`PATCH /api/pools/${POOL_ID}`]: wirePool(),
      },
    },
  );
  strictEqual(code, 0);
  deepStrictEqual(seen[1]?.body, {
    memory_mb: 128,
    permissions: { read: ["/data"], write: [], net: ["example.com:443"], env: [] },
  });
});

Deno.test("pool settings empties a list that is given an empty text", async () => {
  const { seen } = await run(["pool", "settings", POOL_ID, "--permissions-read", ""], {
    answers: {
      [`GET /api/pools/${POOL_ID}`]: wirePool(),
      [`PATCH /api/pools/${POOL_ID}`]: wirePool(),
    },
  });
  deepStrictEqual(seen[1]?.body, { permissions: { read: [], write: [], net: [], env: [] } });
});

Deno.test("pool create tells every fault that the server found", async () => {
  const faults = [
    { field: "max_workers", pointer: "/max_workers", message: "Too big" },
    { field: "name", pointer: "/name", message: "Too long" },
  ];
  const { code, err } = await run(["pool", "create", "--max-workers", "999"], {
    answers: { "POST /api/pools": () => failure(422, "Cannot create pool: 2 faults", faults) },
  });
  deepStrictEqual({ code, err }, {
    code: 1,
    err: "Cannot create pool: 2 faults\n  max_workers: Too big\n  name: Too long\n",
  });
});

Deno.test("pool versions prints what each version changed, and why", async () => {
  const version = { at: "2026-01-02T03:04:05.678Z", author: null, settings: {} };
  const changes = [{ setting: "max_workers", before: 2, after: 8 }];
  const { out } = await run(["pool", "versions", POOL_ID], {
    answers: {
      [`GET /api/pools/${POOL_ID}/settings`]: [
        { ...version, version: 2, reason: "More room", changes },
        { ...version, version: 1, reason: null, changes: [] },
      ],
    },
  });
  strictEqual(
    out,
    "VERSION  AT                        CHANGED             WHY\n" +
      "      2  2026-01-02T03:04:05.678Z  max_workers: 2 → 8  More room\n" +
      "      1  2026-01-02T03:04:05.678Z\n",
  );
});

Deno.test("pool revert and pool recycle send what they are told", async () => {
  const reverted = await run(["pool", "revert", POOL_ID, "3", "--reason", "Too slow"], {
    answers: { [`POST /api/pools/${POOL_ID}/revert`]: wirePool() },
  });
  strictEqual(reverted.out, "Reverted pool default to version 3\n");
  deepStrictEqual(reverted.seen.map(({ body }) => body), [{ version: 3, reason: "Too slow" }]);
  for (const [flags, body] of [[[], {}], [["--worker", "0"], { worker: 0 }]] as const) {
    const { out, seen } = await run(["pool", "recycle", POOL_ID, ...flags], {
      answers: { [`POST /api/pools/${POOL_ID}/recycle`]: { recycled_workers: 1 } },
    });
    strictEqual(out, `1 threads of pool ${POOL_ID} are replaced\n`);
    deepStrictEqual(seen.map((one) => one.body), [body]);
  }
});

const SIZING = {
  pool_id: POOL_ID,
  name: "default",
  current_max_workers: 4,
  suggested_max_workers: 9,
  reason: "Tasks wait",
  advice: {
    target_wait_ms: 1_000,
    sizes: [
      { size: 4, wait_p95_ms: null, utilisation: 1.875 },
      { size: 12, wait_p95_ms: 12.4, utilisation: 0.625 },
    ],
  },
  autoscale: "suggest",
  autoscale_suggestion: { size: 9, reason: "Tasks wait long" },
};

Deno.test("pool sizing tells how many threads a pool wants, and what if", async () => {
  const path = `GET /api/pools/${POOL_ID}/resize-info?max_workers=12`;
  const { code, out } = await run(["pool", "sizing", POOL_ID, "--max-workers", "12"], {
    answers: { [path]: SIZING },
  });
  deepStrictEqual({ code, out }, {
    code: 0,
    out: `pool:         default
threads:      4
suggested:    9
why:          Tasks wait
autoscale:    suggest
it would set: 9: Tasks wait long

THREADS  WAIT P95   BUSY
      4         ∞  188 %
     12     12 ms   63 %
`,
  });
});

Deno.test("pool sizing draws no table while too few tasks have run", async () => {
  const { out } = await run(["pool", "sizing", POOL_ID], {
    answers: {
      [`GET /api/pools/${POOL_ID}/resize-info`]: {
        ...SIZING,
        advice: null,
        autoscale: "off",
        autoscale_suggestion: null,
      },
    },
  });
  strictEqual(
    out,
    "pool:      default\nthreads:   4\nsuggested: 9\nwhy:       Tasks wait\nautoscale: off\n",
  );
});

Deno.test("pool settings tells no default: what is left out stays as it is", async () => {
  const [settings, create] = await Promise.all([
    run(["pool", "settings", "--help"]),
    run(["pool", "create", "--help"]),
  ]);
  deepStrictEqual([settings, create].map(({ out }) => out.includes("(default: 5")), [false, true]);
});
