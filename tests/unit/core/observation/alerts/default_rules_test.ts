/** Each of Lido's own rules fires once for what it is about, with its sample, and recovers once. */
import { deepStrictEqual, ok } from "node:assert/strict";
import { DEFAULT_RULES } from "../../../../../core/mod.ts";
import { IN_USE, RULE_CASES } from "../../../../helpers/default_rule_cases.ts";
import { alertWorld } from "../../../../helpers/memory_alerts.ts";

Deno.test("Each default rule has its case here", () => {
  deepStrictEqual(Object.keys(RULE_CASES).sort(), [...DEFAULT_RULES.keys()].sort());
});

for (const [name, { well, ill, value, text }] of Object.entries(RULE_CASES)) {
  Deno.test(`The default rule ${name} fires once, with its sample, and recovers once`, () => {
    const world = alertWorld([...well, IN_USE]);
    world.pass(600);
    deepStrictEqual(world.told, []);
    world.set(...ill, IN_USE);
    world.pass(90);
    const [alert] = world.alerts.firing;
    deepStrictEqual([alert?.rule, alert?.text], [name, text]);
    ok(Math.abs((alert?.value ?? NaN) - value) < 1e-9, String(alert?.value));
    // What only grows stands still from now on.
    if (DEFAULT_RULES.get(name)?.reading === "value") world.set(...well, IN_USE);
    world.pass(600);
    deepStrictEqual(world.told, [`firing ${name}`, `recovered ${name}`]);
  });
}
