/** What `?` shows. */
export const HELP_LINES: readonly string[] = [
  "",
  "  Up Down, j k       the row above or below",
  "  PgUp PgDn          a page up or down",
  "  Home End           the first or the last row",
  "  Tab                from the pools to the threads of the selected one, and back",
  "  p                  pause the selected pool, or resume it",
  "  + -                give the selected pool one thread more or less at the most",
  "  s                  stop the task of the selected thread; asks first",
  "  ?                  this help; any key leaves it",
  "  q, Ctrl-C          quit",
  "",
  "  THREADS busy/max   DONE/S completed a second, since the last look",
  "  WAIT95, RUN95      95 of 100 tasks waited, or ran, no longer than this",
  "  OLDEST             how long the first of the queue has waited",
  "  SHARE              of the tasks that the last looks saw running",
];
