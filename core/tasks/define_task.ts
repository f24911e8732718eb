/**
 * What a task file is made with. This module is loaded in every thread before its first task, so
 * it must stay light: zod is all that it needs, and that only for its types.
 */
import type { z } from "zod";

/** What `run` is given beside its input: the way to hear of a stop, and to say how it goes. */
export interface TaskContext {
  readonly taskId: string;
  /** Counts from 1. */
  readonly attempt: number;
  /** The attempt's span, as W3C's header `traceparent` has it; null when it is part of no trace. */
  readonly traceparent: string | null;
  /**
   * Aborts when the task is asked to stop: pass it to whatever waits. Its reason is an `AbortError`
   * that says why; where code looks in the very moment of the order, only that it was asked.
   */
  readonly signal: AbortSignal;
  /** The same, synchronous: for loops that never yield, in which no event arrives. */
  readonly stopRequested: boolean;
  /** Cheap enough for every round of a loop. `done` and `total` are in any one unit. */
  progress(done: number, total: number, note?: string): void;
  /** Lines that are kept with the task. */
  readonly log: {
    debug(text: string): void;
    info(text: string): void;
    warning(text: string): void;
    error(text: string): void;
  };
  /** Numbers of the task's own. */
  readonly metric: {
    /** Adds to a counter; `by` is 1 if left out. */
    count(name: string, by?: number): void;
    /** Sets a value, which may go up and down. */
    gauge(name: string, value: number): void;
    /** Adds one value to a distribution. */
    observe(name: string, value: number): void;
  };
}

/** A kind of task: what it takes, what it gives, and the code between. */
export interface TaskDefinition<
  Input extends z.ZodType = z.ZodType,
  Output extends z.ZodType = z.ZodType,
> {
  /** What a submission names: lower-case letters, digits and `_`, beginning with a letter. */
  readonly name: string;
  /** One or two sentences for those who submit it. */
  readonly description: string;
  /** Checked before `run`: its limits and defaults are the form, the API's check and the help. */
  readonly input: Input;
  /** Checked after `run`; any result that JSON can hold if left out. */
  readonly output?: Output;
  /** Inputs to try. */
  readonly examples?: readonly z.input<Input>[];
  /** The work. What it throws becomes the task's failure. */
  run(
    input: z.output<Input>,
    ctx: TaskContext,
  ): z.input<Output> | Promise<z.input<Output>>;
}

/** What a task type may be named. */
export const TASK_NAME: RegExp = /^[a-z][a-z0-9_]{0,63}$/;

const PROPERTIES = ["name", "description", "input", "output", "examples", "run"];

/** From the global registry, so that two copies of this module know each other's definitions. */
const BRAND = Symbol.for("lido.task");

/**
 * Makes a task type: the default export of a `*.task.ts` file.
 * @throws {TypeError} if the definition cannot be used; the sentence says why.
 *
 * @example
 * ```ts
 * import { defineTask, z } from "lido";
 *
 * export default defineTask({
 *   name: "greet",
 *   description: "Greets someone",
 *   input: z.strictObject({ name: z.string().min(1) }),
 *   run: ({ name }) => `Hello, ${name}`,
 * });
 * ```
 */
export function defineTask<Input extends z.ZodType, Output extends z.ZodType = z.ZodType>(
  definition: TaskDefinition<Input, Output>,
): TaskDefinition<Input, Output> {
  const fault = findFault(definition);
  if (fault !== undefined) throw new TypeError(`Cannot define task: ${fault}`);
  return Object.freeze(
    Object.defineProperty({ ...definition }, BRAND, { value: true }),
  );
}

/** Whether a module's default export came out of {@link defineTask}. */
export function isTaskDefinition(value: unknown): value is TaskDefinition {
  return typeof value === "object" && value !== null && Object.hasOwn(value, BRAND);
}

/** The types say all this; a file that nobody type-checked may say anything. */
function findFault(definition: unknown): string | undefined {
  if (typeof definition !== "object" || definition === null) return "it must be given an object";
  const { name, description, input, output, examples, run }: Record<string, unknown> = {
    ...definition,
  };
  if (typeof name !== "string" || !TASK_NAME.test(name)) {
    return `its name must be 1 to 64 lower-case letters, digits and _, beginning with a letter, ` +
      `and is ${typeof name === "string" ? JSON.stringify(name.slice(0, 80)) : typeof name}`;
  }
  const of = `of ${name}`;
  if (typeof description !== "string" || description.trim() === "") {
    return `the description ${of} must be a text that is not empty`;
  }
  if (!isSchema(input)) return `the input ${of} must be a zod schema`;
  if (output !== undefined && !isSchema(output)) return `the output ${of} must be a zod schema`;
  if (examples !== undefined && !Array.isArray(examples)) {
    return `the examples ${of} must be an array`;
  }
  if (typeof run !== "function") return `run ${of} must be a function`;
  const stray = Object.keys(definition).find((key) => !PROPERTIES.includes(key));
  return stray === undefined
    ? undefined
    : `${name} has no property ${JSON.stringify(stray)}; known are ${PROPERTIES.join(", ")}`;
}

function isSchema(value: unknown): boolean {
  return typeof value === "object" && value !== null && "_zod" in value && "safeParse" in value;
}
