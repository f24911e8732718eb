/** What `submit` does once its flags are read: one task, or a batch, and the wait for them. */
import {
  ApiError,
  type LidoClient,
  type Submission,
  type TaskTypes,
  type WireTask,
} from "./client/mod.ts";
import { parseBatch, sendBatch } from "./batch.ts";
import { withHint } from "./lost_server.ts";
import { CommandError } from "./exit_code.ts";
import { printable, printableJson } from "./printable.ts";
import { ProgressBar } from "./progress_bar.ts";
import { failureOf, resultText } from "./result_text.ts";
import { waitForTask, waitInOrder } from "./wait_for_task.ts";
import type { World } from "./world.ts";

/** Tasks of a batch that are waited for at a time, each with an open request. */
const WAITS_MAX = 8;

/** What is done after a submit. */
export interface AfterSubmit {
  readonly wait?: boolean;
  readonly json?: boolean;
}

/** Submits one task, and waits for its end if that is asked for. */
export async function submitOne(
  world: World,
  client: LidoClient,
  submission: Submission<TaskTypes, string>,
  after: AfterSubmit,
): Promise<void> {
  const task = await client.submit(submission);
  if (!after.wait) {
    const line = `Submitted task ${task.task_id} (${printable(task.name)})\n`;
    world.out.write(after.json ? `${printableJson(task)}\n` : line);
    return;
  }
  const ended = await waitWithBar(world, client, task).catch((error) => {
    throw withHint(error, `task ${task.task_id} was submitted, and goes on when its server does`);
  });
  const failure = failureOf(ended);
  if (after.json) world.out.write(`${printableJson(ended)}\n`);
  else if (failure === undefined) world.out.write(resultText(ended.result, world.out));
  if (failure !== undefined) throw failure;
}

async function waitWithBar(world: World, client: LidoClient, task: WireTask): Promise<WireTask> {
  if (!world.err.isTerminal) return await waitForTask(client, task.task_id);
  using bar = new ProgressBar(world.err);
  bar.showTask(task);
  return await waitForTask(client, task.task_id, (state) => bar.showTask(state));
}

/** Submits each line of a text, and waits for the end of all if that is asked for. */
export async function submitBatch(
  world: World,
  client: LidoClient,
  batch: { readonly text: string; readonly defaults: Readonly<Record<string, unknown>> },
  after: AfterSubmit,
): Promise<void> {
  const ids = await sendBatch(client, parseBatch(batch.text, batch.defaults));
  if (after.wait) {
    return await printEnds(world, client, ids, after).catch((error) => {
      const which = `${ids.length} tasks were submitted, ${ids[0]} to ${ids.at(-1)}`;
      throw withHint(error, `${which}, and go on when their server does`);
    });
  }
  for (const id of ids) {
    world.out.write(after.json ? `${JSON.stringify({ task_id: id })}\n` : `${id}\n`);
  }
}

async function printEnds(
  world: World,
  client: LidoClient,
  ids: readonly string[],
  after: AfterSubmit,
): Promise<void> {
  using bar = world.err.isTerminal ? new ProgressBar(world.err, ids.length) : undefined;
  let ended = 0;
  let failed = 0;
  for await (const wait of waitInOrder(client, ids, WAITS_MAX)) {
    const failure = wait.status === "fulfilled" ? failureOf(wait.value) : unknownEnd(wait.reason);
    if (wait.status === "fulfilled") printEnd(world, wait.value, after);
    if (failure !== undefined) {
      failed += 1;
      world.err.write(`${failure.message}\n`);
    }
    ended += 1;
    bar?.show(ended, ids.length, `${ended} of ${ids.length} tasks`);
  }
  if (failed > 0) throw new CommandError(`${failed} of ${ids.length} tasks did not complete`);
}

function printEnd(world: World, task: WireTask, after: AfterSubmit): void {
  if (after.json) world.out.write(`${printableJson(task, 0)}\n`);
  else world.out.write(resultText(task.result, world.out, 0));
}

/** The server forgets the oldest ended tasks: then one end is unknown, and the others are not. */
function unknownEnd(reason: unknown): ApiError {
  if (reason instanceof ApiError) return reason;
  throw reason;
}
