/**
 * What crosses between the server and the process that describes task files: lines of JSON on file
 * descriptor 3. The server sends a file's URL and waits for the one answer before it sends another.
 */
import { z } from "zod";
import { TASK_NAME } from "./define_task.ts";

/** An answer beyond this is a fault of the file. */
export const LINE_CHARS_MAX = 4_000_000;

/** The thread that imports the files is gone. */
export const EXIT_THREAD_GONE = 70;

const JsonSchema = z.record(z.string(), z.unknown());

/** What the child says. Task code ran in it: the server believes nothing that is not of this shape. */
export const FromDescriber = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("ready") }),
  z.strictObject({ kind: z.literal("broken"), reason: z.string() }),
  z.strictObject({
    kind: z.literal("described"),
    description: z.strictObject({
      name: z.string().regex(TASK_NAME),
      description: z.string().min(1),
      inputSchema: JsonSchema,
      outputSchema: JsonSchema.nullable(),
      examples: z.array(z.unknown()).readonly(),
    }),
  }),
]);
/** What the child says. */
export type FromDescriber = z.infer<typeof FromDescriber>;

/** Cuts a stream of bytes into lines. */
export class LineReader {
  readonly #decoder = new TextDecoder();
  #rest = "";

  /**
   * Takes what came; gives the lines that are now whole.
   * @throws {RangeError} if a line is too long.
   */
  read(chunk: Uint8Array): string[] {
    const lines = (this.#rest + this.#decoder.decode(chunk, { stream: true })).split("\n");
    this.#rest = lines.pop() ?? "";
    if (this.#rest.length > LINE_CHARS_MAX) {
      throw new RangeError(`Cannot read line: longer than ${LINE_CHARS_MAX} characters`);
    }
    return lines;
  }
}
