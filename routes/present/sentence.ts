/** What Lido said of a task, in the language of who reads it. */
import { readSentence } from "../../core/mod.ts";
import type { Language } from "../../views/i18n/language.ts";

/** The text in a language, if it is a sentence of Lido's own; what a task's code said stays as it is. */
export function sentenceIn(language: Language, text: string): string {
  const said = readSentence(text);
  return said === undefined ? text : language.sentence(text, said);
}
