/** What this machine and this runtime can do, found out by trying: the ground that promises stand on. */
import { availableParallelism, tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import type { PoolSettingsInput } from "../model/pool.ts";
import type { SelfTestFinding } from "../model/system.ts";
import { OWN_CODE } from "./code_paths.ts";
import { AttemptError, DirectPool } from "./direct_pool.ts";
import { messageOf } from "../model/errors.ts";

const VERIFIED_VERSION = "2.9.6";
const LOOP = { name: "self_test_loop", url: import.meta.resolve("./self_test_loop.ts") };

/** Runs every check; takes about a second. Never throws: what fails is a finding. */
export async function runSelfTest(): Promise<readonly SelfTestFinding[]> {
  const checks: readonly (readonly [string, () => Promise<string>])[] = [
    ["runtime", checkRuntime],
    ["isolation process runs tasks", () => checkRun("process")],
    ["isolation process ends code that never yields", checkForcedStop],
    ["isolation thread runs tasks", () => checkRun("thread")],
    ["isolation thread and code that never yields", checkTerminate],
    ["temporary folder", checkTemporaryFolder],
  ];
  const findings: SelfTestFinding[] = [];
  for (const [name, check] of checks) findings.push(await find(name, check));
  return findings;
}

async function find(name: string, check: () => Promise<string>): Promise<SelfTestFinding> {
  try {
    return { name, isOk: true, detail: await check() };
  } catch (error) {
    return { name, isOk: false, detail: messageOf(error) };
  }
}

function checkRuntime(): Promise<string> {
  const version = Deno.version.deno;
  const detail = `Deno ${version} on ${availableParallelism()} cores`;
  return Promise.resolve(
    version === VERIFIED_VERSION ? detail : `${detail}; Lido was verified on ${VERIFIED_VERSION}`,
  );
}

async function checkRun(isolation: NonNullable<PoolSettingsInput["isolation"]>): Promise<string> {
  await using pool = openPool(isolation);
  const began = performance.now();
  await pool.run(LOOP, { endless: false });
  return `first task done ${Math.round(performance.now() - began)} ms after its submit`;
}

async function checkForcedStop(): Promise<string> {
  await using pool = openPool("process");
  const abort = new AbortController();
  const began = Promise.withResolvers<void>();
  const task = pool.run(LOOP, { endless: true }, { signal: abort.signal, onStart: began.resolve });
  await began.promise;
  const orderedMs = performance.now();
  abort.abort();
  const error = await task.then(() => undefined, (reason: unknown) => reason);
  if (!(error instanceof AttemptError)) throw new Error("An endless loop ended by itself");
  return `ended ${Math.round(performance.now() - orderedMs)} ms after the order`;
}

async function checkTerminate(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      `--allow-read=${OWN_CODE.join(",")}`,
      fileURLToPath(new URL("./self_test_main.ts", import.meta.url)),
    ],
    stdin: "null",
    stderr: "null",
  }).output();
  return new TextDecoder().decode(stdout) === "ended"
    ? "terminate() ends it on this runtime"
    : "terminate() does not end it on this runtime: such a task becomes a zombie; use isolation process";
}

async function checkTemporaryFolder(): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "lido-" });
  await Deno.remove(folder);
  return `${tmpdir()} can be written`;
}

function openPool(isolation: NonNullable<PoolSettingsInput["isolation"]>): DirectPool {
  return DirectPool.open({ isolation, maxThreads: 1, stopGraceMs: 0, codeFolders: [] });
}
