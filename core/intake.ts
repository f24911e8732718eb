/** What becomes of a submission before the engine sees it: its type is found, its input checked. */
import { v7 as uuidv7 } from "uuid";
import type { NewTask } from "./engine/engine.ts";
import { LidoError } from "./model/errors.ts";
import type { PoolSettings } from "./model/pool.ts";
import type { TaskId, TaskSnapshot, TaskSubmission } from "./model/task.ts";
import type { TaskTypeRegistry } from "./tasks/registry.ts";

/**
 * Makes a task of a submission; `settings` are its pool's. What `check` throws, or its type says, is
 * thrown, too, unless the task has a key: then it goes with it as its `refusal`.
 * @throws {LidoError} `task_type_not_found`, `task_type_broken`, `invalid_input`; what `check` throws.
 */
export function takeIn(
  submission: TaskSubmission,
  settings: PoolSettings,
  types: TaskTypeRegistry,
  { traceparent, check }: { readonly traceparent: string | null; check(): void },
): NewTask {
  const task = taskOf(submission, settings, types, traceparent);
  try {
    check();
    types.checkInput(types.get(submission.type), submission.input);
    return task;
  } catch (refusal) {
    if (task.idempotencyKey === null) throw refusal;
    return { ...task, refusal };
  }
}

function taskOf(
  submission: TaskSubmission,
  settings: PoolSettings,
  types: TaskTypeRegistry,
  traceparent: string | null,
): NewTask {
  // One that is gone is refused, but its name is what a key is compared with.
  const type = types.find(submission.type) ?? { name: submission.type, url: "", codeVersion: "" };
  const { runTimeoutMs = settings.runTimeoutMs } = submission;
  return {
    id: newId(),
    poolId: submission.poolId,
    name: submission.name ?? type.name,
    type: { name: type.name, url: type.url, codeVersion: type.codeVersion },
    inputJson: submission.input === undefined ? null : JSON.stringify(submission.input),
    priority: submission.priority,
    runTimeoutMs,
    isTimeoutOfPool: submission.runTimeoutMs === undefined,
    tags: submission.tags,
    idempotencyKey: submission.idempotencyKey ?? null,
    traceparent,
  };
}

/**
 * Makes a new task of one that there was, as it was submitted: its input keeps all its digits.
 * @throws {LidoError} `task_type_not_found`, `task_type_broken`, `invalid_input`.
 */
export function takeInAgain(
  task: TaskSnapshot,
  types: TaskTypeRegistry,
  traceparent: string | null,
): NewTask {
  const type = types.get(task.type);
  types.checkInput(type, task.inputJson === null ? undefined : JSON.parse(task.inputJson));
  const { poolId, name, inputJson, priority, runTimeoutMs, tags } = task;
  return {
    id: newId(),
    poolId,
    name,
    type: { name: type.name, url: type.url, codeVersion: type.codeVersion },
    inputJson,
    priority,
    runTimeoutMs,
    tags,
    idempotencyKey: null,
    traceparent,
  };
}

/** Says of an error which submission of a batch it is about. */
export function inBatch(error: unknown, at: number): unknown {
  if (!(error instanceof LidoError)) return error;
  const own = error.details.faults ?? [{ path: [], message: error.message }];
  const faults = own.map((fault) => ({ ...fault, path: ["tasks", at, ...fault.path] }));
  return new LidoError(error.code, `${error.message} (task ${at} of the batch)`, {
    ...error.details,
    faults,
  }, { cause: error });
}

const idBytes = new Uint8Array(16);

/** The library's own text is put together of sixteen: making and looking up this one costs a third. */
function newId(): TaskId {
  uuidv7(undefined, idBytes);
  const hex = idBytes.toHex();
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ];
  return parts.join("-") as TaskId; // by its making
}
