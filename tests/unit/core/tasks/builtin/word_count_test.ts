import { deepStrictEqual, ok, rejects } from "node:assert/strict";
import wordCount from "../../../../../core/tasks/builtin/word_count.task.ts";
import { FakeContext } from "../fake_context.ts";
import { TempFolder } from "../temp_folder.ts";

async function countText(text: string, ctx = new FakeContext()) {
  await using folder = await TempFolder.with({ "text.txt": text });
  return await wordCount.run({ path: `${folder.path}/text.txt` }, ctx);
}

Deno.test("word_count counts words, lines and bytes and ranks the words", async () => {
  deepStrictEqual(await countText("The cat and the dog.\nThe end — it's over!\n"), {
    words: 9,
    lines: 2,
    bytes: 44,
    top: [
      { word: "the", count: 3 },
      { word: "and", count: 1 },
      { word: "cat", count: 1 },
      { word: "dog", count: 1 },
      { word: "end", count: 1 },
      { word: "it's", count: 1 },
      { word: "over", count: 1 },
    ],
  });
});

Deno.test("word_count knows the words of any script", async () => {
  const { words, top } = await countText("Größe größe naïve Ελλάδα мир מילה 世界 नमस्ते 42");

  deepStrictEqual(words, 9);
  deepStrictEqual(top[0], { word: "größe", count: 2 });
});

Deno.test("word_count of an empty file is all zeros", async () => {
  deepStrictEqual(await countText(""), { words: 0, lines: 0, bytes: 0, top: [] });
});

Deno.test("word_count takes a last line without a line feed for a line", async () => {
  deepStrictEqual((await countText("one\ntwo")).lines, 2);
});

Deno.test("word_count cuts no word where one chunk ends and the next begins", async () => {
  const chunk = 1024 * 1024;
  // The word and, in it, a letter of two bytes lie over the bound.
  const ctx = new FakeContext();
  const text = "a ".repeat(chunk / 2 - 2) + " xößy " + "b ".repeat(10);
  const { words, top } = await countText(text, ctx);

  deepStrictEqual(words, chunk / 2 - 2 + 1 + 10);
  ok(top.some(({ word, count }) => word === "xößy" && count === 1));
  ok(ctx.isMonotonic && ctx.calls.length === 3);
});

Deno.test("word_count reads a text without any space in bounded memory", async () => {
  deepStrictEqual((await countText("x".repeat(3 * 1024 * 1024))).bytes, 3 * 1024 * 1024);
});

Deno.test("word_count keeps the frequent words when there are too many different ones", async () => {
  const rare = Array.from({ length: 250_000 }, (_, i) => `w${i} often`).join("\n");
  const { words, top } = await countText(rare);

  deepStrictEqual(words, 500_000);
  deepStrictEqual(top[0], { word: "often", count: 250_000 });
});

Deno.test("word_count ends between two chunks when it is stopped", async () => {
  const ctx = new FakeContext({ stopAtCall: 1 });
  await rejects(async () => await countText("word ".repeat(500_000), ctx), { name: "AbortError" });
  deepStrictEqual(ctx.calls.length, 1);
});

Deno.test("word_count of a folder is refused", async () => {
  await using folder = await TempFolder.with();
  await rejects(async () => await wordCount.run({ path: folder.path }, new FakeContext()), {
    message: `Cannot read ${folder.path}: it is not a file`,
  });
});
