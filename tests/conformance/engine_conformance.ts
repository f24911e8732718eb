/**
 * What "durable queue" means: each engine passes these same tests. They see an engine only through
 * `core/engine/engine.ts`, and give it threads that do what the test says.
 */
import type { MakeEngine } from "./engine_world.ts";
import { testChange } from "./change_cases.ts";
import { testEnqueue } from "./enqueue_cases.ts";
import { testCapacity } from "./capacity_cases.ts";
import { testHistory } from "./history_cases.ts";
import { testLife } from "./life_cases.ts";
import { testLists } from "./list_cases.ts";
import { testAlerts } from "./alert_cases.ts";
import { testViews } from "./view_cases.ts";

/** Registers all tests for one kind of engine. */
export function testEngine(name: string, make: MakeEngine): void {
  testEnqueue(name, make);
  testCapacity(name, make);
  testLife(name, make);
  testChange(name, make);
  testLists(name, make);
  testHistory(name, make);
  testViews(name, make);
  testAlerts(name, make);
}
