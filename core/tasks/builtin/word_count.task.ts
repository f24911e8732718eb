import { defineTask, type TaskDefinition, z } from "lido";
import { readChunks, statPath } from "./reading.ts";

/** How many of the most frequent words are told. */
const TOP_LENGTH = 20;
/** Different words that are kept in memory, and how long one may be there. */
const DIFFERENT_MAX = 200_000;
const WORD_CHARS_MAX = 100;
/** Text without a space that is cut all the same: no language has such words. */
const CARRY_CHARS_MAX = 64 * 1024;

/** Letters, marks and digits of any script, with apostrophes inside. */
const WORD = /[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}\p{N}]+)*/gu;
const LAST_WORD_BREAK = /\s\S*$/;

const Input = z.strictObject({
  path: z.string().min(1).max(4_096).meta({ description: "A text file in UTF-8" }),
});
const Output = z.object({
  words: z.int(),
  lines: z.int(),
  bytes: z.int(),
  top: z.array(z.object({ word: z.string(), count: z.int() })).meta({
    description: "The most frequent words in lower case; exact up to 200,000 different words",
  }),
});

/** Counts a text's words in bounded memory, however long it is. */
const wordCount: TaskDefinition<typeof Input, typeof Output> = defineTask({
  name: "word_count",
  description: "Counts the words and lines of a text file, and finds its most frequent words",
  input: Input,
  output: Output,
  examples: [{ path: "README.md" }],
  async run({ path }, ctx) {
    const { isFile, size } = await statPath(path);
    if (!isFile) throw new Error(`Cannot read ${path}: it is not a file`);
    const counter = new WordCounter();
    const decoder = new TextDecoder();
    let bytes = 0;
    for await (const chunk of readChunks(path, ctx)) {
      bytes += chunk.length;
      counter.add(decoder.decode(chunk, { stream: true }));
      ctx.progress(bytes, Math.max(bytes, size));
    }
    counter.add(decoder.decode());
    counter.end();
    ctx.progress(bytes, bytes);
    return { words: counter.words, lines: counter.lines, bytes, top: counter.listTop() };
  },
});
export default wordCount;

class WordCounter {
  words = 0;
  lines = 0;
  readonly #counts = new Map<string, number>();
  /** What follows the last space: the next piece may go on with it. */
  #carry = "";
  #endsLine = true;

  add(text: string): void {
    if (text === "") return;
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) this.lines++;
    this.#endsLine = text.endsWith("\n");
    const all = this.#carry + text;
    const cut = all.slice(-CARRY_CHARS_MAX).search(LAST_WORD_BREAK);
    const end = cut < 0 ? all.length : Math.max(0, all.length - CARRY_CHARS_MAX) + cut;
    this.#carry = cut < 0 && all.length < CARRY_CHARS_MAX ? all : all.slice(end);
    if (this.#carry !== all) this.#count(all.slice(0, end));
  }

  /** Counts what is left; a last line without its line feed is a line too. */
  end(): void {
    this.#count(this.#carry);
    this.#carry = "";
    if (!this.#endsLine) this.lines++;
  }

  listTop(): { word: string; count: number }[] {
    return [...this.#counts]
      .map(([word, count]) => ({ word, count }))
      .sort((one, other) => other.count - one.count || (one.word < other.word ? -1 : 1))
      .slice(0, TOP_LENGTH);
  }

  #count(text: string): void {
    for (const [match] of text.matchAll(WORD)) {
      this.words++;
      const word = match.slice(0, WORD_CHARS_MAX).toLowerCase();
      this.#counts.set(word, (this.#counts.get(word) ?? 0) + 1);
      if (this.#counts.size > DIFFERENT_MAX) this.#forgetRare();
    }
  }

  /** Frees half of the room, the rarest words first: frequent ones outlive this. */
  #forgetRare(): void {
    for (let rare = 1; this.#counts.size > DIFFERENT_MAX / 2; rare++) {
      for (const [word, count] of this.#counts) {
        if (count <= rare) this.#counts.delete(word);
      }
    }
  }
}
