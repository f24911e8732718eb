import type { z } from "zod";

/** What a task's code is given beside its input. */
export interface TaskContext {
  readonly taskId: string;
  /** Which attempt this is, from 1. */
  readonly attempt: number;
  /** Aborts when the task is asked to stop. */
  readonly signal: AbortSignal;
  /** The same, synchronous: for loops that never yield. */
  readonly stopRequested: boolean;
  /** How far the task is, in units of its own; `note` says what it is at. */
  progress(done: number, total: number, note?: string): void;
  /** Lines that are kept with the attempt. */
  readonly log: {
    debug(text: string): void;
    info(text: string): void;
    warning(text: string): void;
    error(text: string): void;
  };
  /** Numbers that are kept with the task. */
  readonly metric: {
    count(name: string, by?: number): void;
    gauge(name: string, value: number): void;
    observe(name: string, value: number): void;
  };
}

/** A task type, as a task file defines it. */
export interface TaskDefinition<I extends z.ZodType, O extends z.ZodType> {
  /** What submissions name: lower-case letters, digits and `_`. */
  readonly name: string;
  readonly description: string;
  readonly input: I;
  /** Checked before the result leaves the thread, if there is one. */
  readonly output?: O;
  readonly examples?: readonly z.input<I>[];
  run(input: z.output<I>, ctx: TaskContext): z.input<O> | Promise<z.input<O>>;
}

const DEFINITIONS = new WeakSet<object>();

/**
 * Defines a task type; a task file exports what it gives as its default.
 * @throws {TypeError} if the name, the description or `run` is not as it must be.
 */
export function defineTask<I extends z.ZodType, O extends z.ZodType>(
  definition: TaskDefinition<I, O>,
): TaskDefinition<I, O> {
  const { name, description, run } = definition;
  if (!/^[a-z][a-z0-9_]{0,63}$/.test(name)) {
    throw new TypeError(
      `Cannot define task type ${name}: a name is lower-case letters, digits and _, beginning with a letter`,
    );
  }
  if (typeof description !== "string" || description.trim() === "") {
    throw new TypeError(`Cannot define task type ${name}: it has no description`);
  }
  if (typeof run !== "function") {
    throw new TypeError(`Cannot define task type ${name}: run is not a function`);
  }
  const frozen = Object.freeze({ ...definition });
  DEFINITIONS.add(frozen);
  return frozen;
}

/** Whether a value was made by {@link defineTask}. */
export function isTaskDefinition(value: unknown): value is TaskDefinition<z.ZodType, z.ZodType> {
  return typeof value === "object" && value !== null && DEFINITIONS.has(value);
}
