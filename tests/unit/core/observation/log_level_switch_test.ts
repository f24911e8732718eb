import { deepStrictEqual } from "node:assert/strict";
import type { LogLevel } from "../../../../core/model/log_level.ts";
import { LogLevelSwitch } from "../../../../core/observation/log_level_switch.ts";
import { until } from "../../../helpers/until.ts";

/** A switch at the moment 1,000, and the levels that it told. */
function switchOf(configured: LogLevel) {
  const told: LogLevel[] = [];
  const clock = { nowMs: () => 1_000, monotonicMs: () => 0 };
  return {
    told,
    level: new LogLevelSwitch({ configured, clock, onChange: (level) => told.push(level) }),
  };
}

Deno.test("LogLevelSwitch falls back to the configured level when its time is over", async () => {
  const { level, told } = switchOf("info");
  using _level = level;
  level.set({ level: "debug", forMs: 1 });
  deepStrictEqual(level.state, { level: "debug", configuredLevel: "info", untilMs: 1_001 });
  await until("it fell back", () => told.length === 2);
  deepStrictEqual(told, ["debug", "info"]);
  deepStrictEqual(level.state, { level: "info", configuredLevel: "info", untilMs: null });
});

Deno.test("LogLevelSwitch keeps what is set later, whatever was to fall back before", async () => {
  const { level, told } = switchOf("info");
  using _level = level;
  level.set({ level: "debug", forMs: 1 });
  level.set({ level: "error", forMs: null });
  deepStrictEqual(level.state, { level: "error", configuredLevel: "info", untilMs: null });
  level.set({ level: "warning", forMs: 2 });
  await until("the last one fell back", () => told.length === 4);
  deepStrictEqual(told, ["debug", "error", "warning", "info"]);
});

Deno.test("LogLevelSwitch has nothing to fall back to from the configured level", () => {
  const { level } = switchOf("info");
  using _level = level;
  level.set({ level: "info", forMs: 60_000 });
  deepStrictEqual(level.state, { level: "info", configuredLevel: "info", untilMs: null });
});
