/** Saved views: they are there after a restart, by their names, and up to a number of them. */
import { deepStrictEqual, rejects } from "node:assert/strict";
import { VIEWS_MAX } from "../../core/model/saved_view.ts";
import { EngineWorld, type MakeEngine } from "./engine_world.ts";

/** Registers the tests. */
export function testViews(name: string, make: MakeEngine): void {
  Deno.test(`${name}.saveView() keeps views by their names, and removeView() lets them go`, async () => {
    await using world = await EngineWorld.open(make);
    const { engine } = world;
    const view = (called: string, query: string) => ({ name: called, query, savedAtMs: 1 });
    await engine.saveView(view("b", "q=1"));
    await engine.saveView(view("a", "q=2"));
    await engine.saveView(view("b", "q=3"));
    deepStrictEqual(engine.views, [view("a", "q=2"), view("b", "q=3")]);
    await engine.removeView("a");
    deepStrictEqual(engine.views, [view("b", "q=3")]);
    await rejects(engine.removeView("a"), { code: "view_not_found" });
  });

  Deno.test(`${name}.saveView() refuses one more than there may be, but not a change`, async () => {
    await using world = await EngineWorld.open(make);
    const { engine } = world;
    const save = (at: number) => engine.saveView({ name: `v${at}`, query: "", savedAtMs: at });
    await Promise.all(Array.from({ length: VIEWS_MAX }, (_, at) => save(at)));
    await rejects(save(VIEWS_MAX), { code: "view_limit_reached" });
    await save(0);
    await engine.removeView("v1");
    await save(VIEWS_MAX);
  });
}
