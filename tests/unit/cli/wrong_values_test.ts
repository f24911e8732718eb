/** What cannot be, or means nothing, is wrong usage: it is told with its option, and no server is asked. */
import { deepStrictEqual } from "node:assert/strict";
import { run } from "./fake_world.ts";
import { TASK_ID } from "./wire_samples.ts";

const STATES = "blocked, scheduled, pending, running, completed, failed, cancelled";

Deno.test.each([
  [
    "task list --status bogus",
    `'--status <states>' argument 'bogus' is invalid. expected one of ${STATES}`,
  ],
  ["task list --status failed,bogus", 'found "bogus"'],
  ["task list --status=", 'found ""'],
  ["task list --page 0", "'--page <integer>' argument '0' is invalid. Too small"],
  ["task list --per-page 101", "'--per-page <integer>' argument '101' is invalid. Too big"],
  [
    "task list --type Bad-Type",
    "'--type <type>' argument 'Bad-Type' is invalid. Invalid: lower-case",
  ],
  ["task list --text=", "'--text <text>' argument '' is invalid. Too small"],
  ["task list --min-priority -101", "'--min-priority <integer>' argument '-101' is invalid."],
  ["task export --max-priority 101", "'--max-priority <integer>' argument '101' is invalid."],
  ["task bulk cancel --pool default --tag=", "'--tag <tags>' argument '' is invalid. Too small"],
  ["task bulk stop --tag a,,b", "'--tag <tags>' argument 'a,,b' is invalid. Too small"],
  ["task bulk change --all --set-priority 101", "'--set-priority <integer>' argument '101'"],
  ["task bulk change --all", "Cannot change tasks: say --set-priority, --to-pool or both"],
  ["task bulk cancel --all --set-priority 3", "--set-priority and --to-pool go with change"],
  [`task change ${TASK_ID} --priority 101`, "'--priority <integer>' argument '101' is invalid."],
  [`task change ${TASK_ID}`, "Cannot change task: say --priority, --pool or both"],
  [`task stop ${TASK_ID} --grace-ms -1`, "'--grace-ms <integer>' argument '-1' is invalid."],
  ["pool list --status bogus", "expected one of running, paused, draining, closed, all"],
  ["pool close default --deadline-ms -1", "'--deadline-ms <integer>' argument '-1' is invalid."],
  ["pool drain default --deadline-ms -1", "'--deadline-ms <integer>' argument '-1' is invalid."],
  ["log-level loud", "Allowed choices are debug, info, warning, error"],
  ["alert list --all --per-page 0", "'--per-page <integer>' argument '0' is invalid."],
  ["alert list --per-page 5", "--per-page and --cursor go with --all"],
  ["alert set failures", "Cannot save rule: no flag says what is changed"],
  ["pool settings default --reason why", "Cannot change pool: --reason comes with a setting"],
  ["alert silence failures --minutes 0", "'--minutes <integer>' argument '0' is invalid."],
])("A value that cannot be is wrong usage: %s", async (line, expected) => {
  const { code, err, seen } = await run(line.split(" "), { answers: {} });
  deepStrictEqual({ code, isTold: err.includes(expected) || err, seen }, {
    code: 2,
    isTold: true,
    seen: [],
  });
});
