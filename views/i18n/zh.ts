import type { Words } from "./en.ts";
import { alertsWords } from "./zh/alerts.ts";
import { frameWords } from "./zh/frame.ts";
import { poolsWords } from "./zh/pools.ts";
import { settingsWords } from "./zh/settings.ts";
import { tasksWords } from "./zh/tasks.ts";

/** 页面上的全部中文文字；键与英文相同，缺一个就无法编译。 */
export const zh: Words = {
  code: "zh",
  languageName: "中文",
  ...frameWords,
  ...poolsWords,
  ...settingsWords,
  ...tasksWords,
  ...alertsWords,
};
