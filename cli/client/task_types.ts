/** What a client knows of task types while it is written: what each is given, and what it gives. */

/** Task types by their names; as such, nothing more is known of them. */
export type TaskTypes = Readonly<
  Record<string, { readonly input: unknown; readonly result: unknown }>
>;

/** What a task file exports by default, as far as its types go. */
export interface Definition {
  readonly input: { readonly _zod: { readonly input: unknown } };
  run(...args: never[]): unknown;
}

/** What a task of this definition is given. */
export type InputOf<One extends Definition> = One["input"]["_zod"]["input"];
/** What a task of this definition gives. */
export type ResultOf<One extends Definition> = Awaited<ReturnType<One["run"]>>;

/**
 * The types of task files, from the files themselves: nothing of them is loaded.
 *
 * @example
 * ```ts
 * import type greet from "./tasks/greet.task.ts";
 *
 * const client = new LidoClient<TypesOf<{ greet: typeof greet }>>({ url: "http://127.0.0.1:8000" });
 * const text = await client.run({ pool_id, task_type: "greet", input: { whom: "Ada" } });
 * ```
 */
export type TypesOf<Definitions extends Readonly<Record<string, Definition>>> = {
  readonly [Name in keyof Definitions]: {
    readonly input: InputOf<Definitions[Name]>;
    readonly result: ResultOf<Definitions[Name]>;
  };
};

/** A task as it is submitted. */
export interface Submission<Types extends TaskTypes, Name extends keyof Types> {
  readonly pool_id: string;
  readonly task_type: Name;
  readonly input?: Types[Name]["input"];
  readonly task_name?: string;
  readonly priority?: number;
  readonly tags?: readonly string[];
  readonly run_timeout_ms?: number | null;
  /** A second submit with the same key gives the first one's task. */
  readonly idempotency_key?: string;
}
