/** The texts of a hostile user, sent to the whole of Lido: they come out as they went in. */
import { ok, strictEqual } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { TaskId } from "../../core/mod.ts";
import { TEXTS } from "../helpers/hostile_texts.ts";
import { managedApp } from "../helpers/managed_app.ts";
import { keptToast, look, send } from "../helpers/pages.ts";
import { until } from "../helpers/until.ts";

const TALKING_TASKS = fileURLToPath(new URL("../fixtures/talking_tasks/", import.meta.url));
const BIG = 1_000;

Deno.test("What is sent goes through the whole of Lido and comes out as it was", async () => {
  await using world = await managedApp({ tasks: TALKING_TASKS });
  const app = {
    request: (path: string, request?: RequestInit) =>
      world.fetch(new Request(`http://localhost${path}`, request)),
  };
  for (const [what, text] of Object.entries(TEXTS)) {
    // node:sqlite reads a text only up to a null byte.
    const name = text.slice(0, 60).replaceAll("\0", "").trim();
    const opened = await send(app, "/pools", { name, isolation: "thread", maxThreads: "1" });
    strictEqual(opened.status, 303, `${what}: ${opened.faults.join()}`);
    ok(JSON.stringify(keptToast(opened)).includes(JSON.stringify(name).slice(1, -1)), what);
    const poolPath = opened.headers.get("location") ?? "";
    const pool = poolPath.replace("/pools/", "");
    const reason = `because of ${name}`;
    await send(app, `${poolPath}/settings`, { name: `${name}!`, maxThreads: "2", reason });

    const check = async (path: string, ...texts: readonly string[]) => {
      const page = await look(app, path);
      strictEqual(page.status, 200, `${what} ${path}`);
      for (const one of texts) ok(page.text.includes(one), `${what} is cut or changed on ${path}`);
      ok(!page.elements.some((element) => ["img", "b"].includes(element.name)), path);
      return page;
    };
    for (const isFailed of [false, true]) {
      const sent = await send(app, "/submit", {
        type: "say",
        as: "form",
        pool,
        "input.text": text,
        "input.isFailed": String(isFailed),
        name,
        tags: name,
      });
      strictEqual(sent.status, 303, `${what}: ${sent.faults.join()}`);
      const path = sent.headers.get("location") ?? "";
      const id = TaskId.parse(path.replace("/tasks/", ""));
      const { status } = await world.manager.waitForTask(id, { waitMs: 30_000 });
      strictEqual(status.state, isFailed ? "failed" : "completed", what);

      const seen = text.replaceAll("\0", "").slice(0, BIG);
      const json = JSON.stringify(text).slice(0, BIG);
      if (text.includes("\0")) await check(path, name);
      else await check(path, name, isFailed ? seen : json);
      await check(`${path}?tab=input`, name, json);
      if (!text.includes("\0")) await check(`${path}?tab=logs`, name, seen);
      await check(`${path}?tab=raw`, name);
      await check(`${path}?tab=events`, name);
      await check(`${path}?tab=attempts`, name);
      const edit = await look(app, `/submit?from=${id}`);
      strictEqual(edit.fields.get("input.text") === text, true, `${what} in the form`);

      const listed = await check("/tasks", name);
      // Its tag leads to it.
      const link = listed.elements.find(({ attributes, text: tag }) =>
        attributes.get("class") === "tag" && tag === name
      );
      const found = await look(app, link?.attributes.get("href") ?? "");
      ok(found.elements.some(({ attributes }) => attributes.get("id") === `task-${id}`), what);
    }
    await check(poolPath, name);
    await check(`${poolPath}?tab=history`, reason);
    await check(`${poolPath}?tab=tasks`, name);
    await check("/");
    const again = await send(app, `${poolPath}/force-close`, { confirm: `${name}!` });
    strictEqual(again.status, 303, what);
    await until(
      "the pool is closed",
      () => world.manager.listPools().every(({ id }) => id !== pool),
    );
  }
});
