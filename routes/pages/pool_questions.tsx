/** What is asked before it is done to a whole pool, and then done. */
import { Hono } from "hono";
import type { Child } from "hono/jsx";
import { z } from "zod";
import { type PoolId, PoolSettings, type PoolSnapshot } from "../../core/mod.ts";
import { EndQuestion, ResizeQuestion } from "../../views/pages/pool_questions.tsx";
import type { AppEnv } from "../app_env.ts";
import { readPoolId } from "../api/query.ts";
import { fieldsOf, readFields, sentFieldsOf } from "../present/form.ts";
import { sentenceIn } from "../present/sentence.ts";
import type { FormSchema } from "../present/form_schema.ts";
import { checkForm, faultsOf } from "./check_form.ts";
import { formOptions, SETTINGS_SCHEMA } from "./settings_form.ts";
import { type Desk, Visit } from "./visit.tsx";

/** So many tasks are not withdrawn by one press of a button. */
const UNTYPED_MAX = 100;

const { minThreads, maxThreads } = SETTINGS_SCHEMA.properties ?? {};
const SIZE_SCHEMA: FormSchema = {
  properties: { ...maxThreads && { maxThreads }, ...minThreads && { minThreads } },
  required: ["maxThreads"],
};

const Size = z.object({
  maxThreads: PoolSettings.shape.maxThreads.unwrap(),
  minThreads: PoolSettings.shape.minThreads.unwrap().exactOptional(),
});

type Verb = "drain" | "force-close" | "cancel-pending";

/** Makes the routes, below `/pools`. */
export function poolQuestionRoutes(desk: Desk): Hono<AppEnv> {
  const routes = new Hono<AppEnv>();
  addResize(routes, desk);
  for (const verb of ["drain", "force-close", "cancel-pending"] as const) {
    routes.get(`/:id/${verb}`, (c) => {
      const visit = new Visit(c, desk);
      const pool = desk.manager.getPool(readPoolId(c.req.param("id")));
      return visit.dialog("pools", pool.settings.name, question(visit, pool, verb, null));
    });
    routes.post(
      `/:id/${verb}`,
      (c) => answer(new Visit(c, desk), readPoolId(c.req.param("id")), verb),
    );
  }
  return routes;
}

function addResize(routes: Hono<AppEnv>, desk: Desk): void {
  routes.get("/:id/resize", async (c) => {
    const visit = new Visit(c, desk);
    const pool = desk.manager.getPool(readPoolId(c.req.param("id")));
    const fields = fieldsOf(SIZE_SCHEMA, pool.settings, formOptions(visit.language.t));
    return await visit.dialog("pools", pool.settings.name, await resize(visit, pool, fields));
  });
  routes.post("/:id/resize", async (c) => {
    const visit = new Visit(c, desk);
    const { t } = visit.language;
    const before = desk.manager.getPool(readPoolId(c.req.param("id")));
    const { form } = visit;
    try {
      const size = checkForm(Size, readFields(SIZE_SCHEMA, form));
      const { pool } = await desk.manager.resizePool(before.id, size);
      const threads = visit.language.number(pool.settings.maxThreads);
      const back = visit.backOr(`/pools/${before.id}`);
      return visit.done(t.pool.resized(pool.settings.name, threads), back);
    } catch (error) {
      const fields = sentFieldsOf(
        SIZE_SCHEMA,
        form,
        formOptions(t, faultsOf(error, visit.language)),
      );
      return await visit.dialog(
        "pools",
        before.settings.name,
        await resize(visit, before, fields, true),
        422,
      );
    }
  });
}

async function resize(
  visit: Visit,
  pool: PoolSnapshot,
  fields: Parameters<typeof ResizeQuestion>[0]["fields"],
  hasFaults = false,
): Promise<Child> {
  const info = await visit.desk.manager.readResizeInfo(pool.id);
  const advice = {
    size: info.suggestedMaxThreads,
    reason: sentenceIn(visit.language, info.reason),
  };
  return (
    <ResizeQuestion
      id={pool.id}
      name={pool.settings.name}
      advice={advice}
      fields={fields}
      hasFaults={hasFaults}
    />
  );
}

async function answer(visit: Visit, id: PoolId, verb: Verb): Promise<Response> {
  const { t } = visit.language;
  const pool = visit.desk.manager.getPool(id);
  const { name } = pool.settings;
  if (mustType(pool, verb) && visit.sent("confirm")?.trim() !== name) {
    return await visit.dialog(
      "pools",
      name,
      question(visit, pool, verb, t.pool.typeNameWrong),
      422,
    );
  }
  const back = visit.backOr(`/pools/${pool.id}`);
  return visit.done(await act(visit, pool, verb), back);
}

/** Does it, and says so. */
async function act(visit: Visit, pool: PoolSnapshot, verb: Verb): Promise<string> {
  const { desk: { manager }, language: l } = visit;
  const { t } = l;
  const { name } = pool.settings;
  switch (verb) {
    case "drain":
      await manager.closePool(pool.id);
      return t.pool.draining(name);
    case "cancel-pending":
      return t.pool.pendingCancelled(l.number(await manager.cancelPending(pool.id)));
    case "force-close": {
      const { cancelledTasks, stoppedTasks } = await manager.forceClosePool(pool.id);
      return t.pool.forceClosed(name, l.number(cancelledTasks), l.number(stoppedTasks));
    }
  }
}

function mustType(pool: PoolSnapshot, verb: Verb): boolean {
  return verb === "force-close" || (verb === "cancel-pending" && pool.counts.pending > UNTYPED_MAX);
}

function question(visit: Visit, pool: PoolSnapshot, verb: Verb, fault: string | null): Child {
  const l = visit.language;
  const { t } = l;
  const { name } = pool.settings;
  const [pending, running] = [l.number(pool.counts.pending), l.number(pool.counts.running)];
  const words = {
    drain: [t.pool.drainTitle(name), t.pool.drainText(pending, running), t.action.drain],
    "force-close": [
      t.pool.forceTitle(name),
      t.pool.forceText(pending, running),
      t.action.forceClose,
    ],
    "cancel-pending": [
      t.pool.cancelTitle(name),
      t.pool.cancelText(pending),
      t.action.cancelPending,
    ],
  } as const;
  const [title, text, submit] = words[verb];
  return (
    <EndQuestion
      action={`/pools/${pool.id}/${verb}`}
      title={title}
      text={text}
      submit={submit.replace("…", "")}
      back={`/pools/${pool.id}`}
      name={name}
      mustType={mustType(pool, verb)}
      fault={fault}
    />
  );
}
