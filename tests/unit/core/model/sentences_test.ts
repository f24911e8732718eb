import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { readSentence, type SentenceName, SENTENCES } from "../../../../core/model/sentences.ts";
import { Language } from "../../../../views/i18n/language.ts";

const NAMES = Object.keys(SENTENCES) as SentenceName[]; // its own keys
/** Parts that look like parts of patterns, lines and sentences. */
const STRANGE = "a (b) [c] $1 .*\nnew line";

for (const name of NAMES) {
  Deno.test(`readSentence() finds ${name} again, with its parts, and Chinese has it`, () => {
    const say: (...parts: string[]) => string = SENTENCES[name];
    const parts = Array.from({ length: say.length }, (_, at) => at === 0 ? STRANGE : `${at}.5`);
    const text = say(...parts);
    const said = readSentence(text);
    deepStrictEqual(said, { name, parts });
    const chinese = new Language("zh", 0).sentence(text, { name, parts });
    strictEqual(/\p{Script=Han}/u.test(chinese), true, chinese);
    for (const part of parts) strictEqual(chinese.includes(part), true, `${chinese} has ${part}`);
    strictEqual(new Language("en", 0).sentence(text, { name, parts }), text);
  });
}

Deno.test("Sentences that count threads and tasks hold for one", () => {
  deepStrictEqual([
    SENTENCES.threadsAreBusy(1),
    SENTENCES.threadsAreBusyForOthers(1, 1),
    SENTENCES.alertZombies("mine", 1),
  ], [
    "All threads are busy (1)",
    "All threads are busy (1); other tasks that wait: 1",
    "Pool mine has threads whose code cannot be ended: 1",
  ]);
});

Deno.test("readSentence() does not know what somebody else said", () => {
  for (const text of ["", "It is mine", "The pool was closed.", " The pool is paused"]) {
    strictEqual(readSentence(text), undefined);
  }
});
