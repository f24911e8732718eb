/** A JSON Schema, as `z.toJSONSchema` writes it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** What the server knows of a task type without ever importing its code. */
export interface TaskType {
  /** What a submission names. */
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the input, as a caller may send it. */
  readonly inputSchema: JsonSchema;
  /** JSON Schema of the result; null when the file declares none. */
  readonly outputSchema: JsonSchema | null;
  /** Inputs to try. */
  readonly examples: readonly unknown[];
  /** Where the code is: a `file:` URL. */
  readonly url: string;
  /** SHA-256 of the file's text, the first 16 hexadecimal digits. */
  readonly codeVersion: string;
  readonly isBuiltIn: boolean;
}

/** A task file that could not be loaded; the others are not affected. */
export interface BrokenTaskFile {
  readonly url: string;
  /** What is wrong and where, in one sentence. */
  readonly reason: string;
}
