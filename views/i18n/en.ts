/**
 * All that the pages say, in English: the source. The other languages have the same keys, or they do
 * not compile. What takes numbers or names is a function of them, already formatted.
 */
import { alertsWords } from "./en/alerts.ts";
import { frameWords } from "./en/frame.ts";
import { poolsWords } from "./en/pools.ts";
import { settingsWords } from "./en/settings.ts";
import { tasksWords } from "./en/tasks.ts";

/** See the head of this file. */
export const en = {
  code: "en",
  languageName: "English",
  ...frameWords,
  ...poolsWords,
  ...settingsWords,
  ...tasksWords,
  ...alertsWords,
};

/** What every language has. */
export type Words = typeof en;
