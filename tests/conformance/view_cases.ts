/** Saved views: they are there after a restart, by their names, and up to a number of them. */
import { deepStrictEqual, rejects } from "node:assert/strict";
import { VIEWS_MAX } from "../../core/model/saved_view.ts";
import { EngineWorld, type MakeEngine } from "./engine_world.ts";

/** Registers the tests. */
export function testViews(name: string, make: MakeEngine): void {
  Deno.test(`${name}.views.save() keeps views by their names, and remove() lets them go`, async () => {
    await using world = await EngineWorld.open(make);
    const { engine } = world;
    const view = (called: string, query: string) => ({ name: called, query, savedAtMs: 1 });
    await engine.views.save(view("b", "q=1"));
    await engine.views.save(view("a", "q=2"));
    await engine.views.save(view("b", "q=3"));
    deepStrictEqual(engine.views.all, [view("a", "q=2"), view("b", "q=3")]);
    await engine.views.remove("a");
    deepStrictEqual(engine.views.all, [view("b", "q=3")]);
    await rejects(engine.views.remove("a"), { code: "view_not_found" });
  });

  Deno.test(`${name}.views.save() refuses one more than there may be, but not a change`, async () => {
    await using world = await EngineWorld.open(make);
    const { engine } = world;
    const save = (at: number) => engine.views.save({ name: `v${at}`, query: "", savedAtMs: at });
    await Promise.all(Array.from({ length: VIEWS_MAX }, (_, at) => save(at)));
    await rejects(save(VIEWS_MAX), { code: "view_limit_reached" });
    await save(0);
    await engine.views.remove("v1");
    await save(VIEWS_MAX);
  });
}
