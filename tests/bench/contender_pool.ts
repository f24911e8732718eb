/**
 * Lido's pool as the contender of `bench-peers`, the harness beside the project:
 *
 *     ../shared/bench-peers/run.sh --contender 'env LIDO_ISOLATION=thread deno run -A \
 *       --v8-flags=--expose-gc tests/bench/contender_pool.ts'
 *
 * `LIDO_ISOLATION` is `thread` or `process`; `BENCH_PEERS` names the harness' folder if it is
 * somewhere else. Shared memory cannot reach a child process, so in isolation `process` the events
 * of Lido take its place: the flag of `spin` is raised, and `hold` counted in, when the task has
 * begun, and `hold` is stopped when its gate opens.
 */
import process from "node:process";
import { fileURLToPath } from "node:url";
import { DirectPool, type RunOptions } from "../../core/mod.ts";
import { serveTenThousandTasks } from "./serve_tasks.ts";

interface Harness {
  main(peer: {
    name: string;
    cancels: readonly string[];
    open(options: { workers: number; lazy?: boolean }): {
      run(task: string, input: unknown, signal?: AbortSignal): Promise<unknown>;
    };
    serve(): Promise<void>;
  }): Promise<void>;
}

const isolation = process.env.LIDO_ISOLATION === "process" ? "process" : "thread";
const folder = process.env.BENCH_PEERS ??
  fileURLToPath(new URL("../../../shared/bench-peers", import.meta.url));
const tasks = new URL("./tasks/", import.meta.url);

/** Types by name: what a task is called in the harness, and where its file is. */
const types = new Map(
  ["noop", "echo", "fib", "spin", "hold"].map((name) => [
    name,
    { name, url: new URL(`${name}.task.ts`, tasks).href },
  ]),
);

function open({ workers }: { workers: number }) {
  const pool = DirectPool.open({
    isolation,
    maxThreads: workers,
    stopGraceMs: 0,
    codeFolders: [fileURLToPath(tasks)],
  });
  const run = (task: string, input: unknown, signal?: AbortSignal) => {
    const type = types.get(task);
    if (type === undefined) throw new TypeError(`Cannot run ${task}: it is no task of the harness`);
    if (isolation === "thread" || !(input instanceof Int32Array)) {
      return pool.run(type, input, signal && { signal });
    }
    return runWithoutSharing(task, input, (options) => pool.run(type, null, options), signal);
  };
  return { run };
}

function runWithoutSharing(
  task: string,
  gate: Int32Array,
  run: (options: RunOptions) => Promise<unknown>,
  signal?: AbortSignal,
): Promise<unknown> {
  const stop = new AbortController();
  const onStart = () => {
    Atomics.add(gate, 0, 1);
    if (task !== "hold") return;
    const opened = Atomics.waitAsync(gate, 1, 0);
    Promise.resolve(opened.value).then(() => stop.abort());
  };
  return run({
    onStart,
    signal: signal === undefined ? stop.signal : AbortSignal.any([stop.signal, signal]),
  });
}

const harness: Harness = await import(`${folder}/lib/workloads.mjs`);
await harness.main({
  name: `lido-${isolation}`,
  cancels: isolation === "process" ? ["queued", "running"] : ["queued"],
  open,
  serve: () => serveTenThousandTasks(isolation),
});
