import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import {
  isSearchable,
  TextSearch,
} from "../../../../../../core/engine/local/journal/text_search.ts";
import { TaskFile } from "../../../../../helpers/task_file.ts";

const WALK = { above: 0, below: Number.MAX_SAFE_INTEGER, isUp: false, limit: 100, offset: 0 };

function search(file: TaskFile, text: string, walk = WALK): readonly number[] {
  if (file.index === undefined) throw new TypeError("Cannot search: there is no index");
  return new TextSearch(file.rows, file.index, text).seqs(walk);
}

Deno.test("TextSearch names each task that holds the text, whatever its characters", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: fc.constantFrom(..."abA\"'*^-é☃𝄞 ") }), { maxLength: 20 }),
      fc.string({ unit: fc.constantFrom(..."abA\"'*^-é☃𝄞 "), minLength: 3, maxLength: 5 }),
      async (names, text) => {
        await using file = await TaskFile.open();
        file.add(...[...names, `${text}!`].map((input) => ({ name: "n", input })), { name: text });
        file.indexAll();
        const named = new Set(search(file, text));
        for (const [at, name] of names.entries()) {
          if (JSON.stringify(name).includes(text)) ok(named.has(at + 1), name);
        }
        ok(named.has(names.length + 2));
      },
    ),
    { numRuns: 40 },
  );
});

Deno.test("TextSearch names few where one group of the text is rare, and stays within the walk", async () => {
  await using file = await TaskFile.open();
  const names = Array.from({ length: 300 }, (_, at) => `common ${at % 100 === 0 ? "xyz" : "abc"}`);
  file.add(...names.map((name) => ({ name })));
  file.indexAll();
  deepStrictEqual(search(file, "common xyz"), [201, 101, 1]);
  deepStrictEqual(search(file, "common xyz", { ...WALK, isUp: true, limit: 2 }), [1, 101]);
  deepStrictEqual(search(file, "common xyz", { ...WALK, above: 1, below: 201 }), [101]);
  deepStrictEqual(search(file, "common", { ...WALK, limit: 3 }), [300, 299, 298]);
  deepStrictEqual(search(file, "common q"), []);
});

Deno.test("TextSearch names what the index has not seen yet", async () => {
  await using file = await TaskFile.open();
  file.add({ name: "needle" }, {}, {});
  file.indexAll();
  file.end(2, "needle");
  file.add({ name: "anything" });
  deepStrictEqual(search(file, "needle"), [4, 2, 1]);
});

Deno.test("isSearchable() is true of three characters that SQLite reads", () => {
  strictEqual(isSearchable("ab"), false);
  strictEqual(isSearchable("𝄞𝄞"), false);
  strictEqual(isSearchable("ab\0cde"), false);
  strictEqual(isSearchable("abc"), true);
});
