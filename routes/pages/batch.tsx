/** `/submit/batch`: many tasks at once, from lines that are checked before any is taken. */
import { type Context, Hono } from "hono";
import { BATCH_MAX, LidoError, messageOf, type TaskSubmission } from "../../core/mod.ts";
import { type BatchModel, BatchPage } from "../../views/pages/submit.tsx";
import { submitOptions } from "../submit_options.ts";
import type { AppEnv } from "../app_env.ts";
import { HttpError } from "../errors.ts";
import type { SentForm } from "../present/form.ts";
import { type LineFault, readLines } from "./batch_lines.ts";
import { errorIn } from "./check_form.ts";
import { choicesOf } from "./submit.tsx";
import { type Desk, Visit } from "./visit.tsx";

interface SentBatch {
  readonly pool: string;
  readonly type: string;
  readonly text: string;
  readonly isSubmit: boolean;
}

/** Makes the routes. */
export function batchRoutes(desk: Desk): Hono<AppEnv> {
  const routes = new Hono<AppEnv>();
  routes.get("/", (c) => {
    const visit = new Visit(c, desk);
    return show(
      visit,
      { pool: "", type: c.req.query("type") ?? "", text: "", isSubmit: false },
      null,
    );
  });
  routes.post("/", async (c) => {
    const visit = new Visit(c, desk);
    const sent = await readSent(visit);
    const { poolId, type } = choicesOf(visit, sent);
    const { submissions, faults } = readLines(
      sent.text,
      { poolId, type },
      (error) => errorIn(visit.language, error),
    );
    const refused = [...faults, ...check(visit, submissions)];
    const checked = { count: submissions.length, faults: refused };
    if (!sent.isSubmit || refused.length > 0 || submissions.length === 0) {
      return await show(visit, sent, checked, refused.length > 0 ? 422 : 200);
    }
    const tasks = submissions.map(({ submission }) => submission);
    const ids = await desk.manager.submitBatch(tasks, submitOptions(c));
    const { t } = visit.language;
    return visit.done(t.submit.batchDone(visit.language.number(ids.length)), "/tasks", {
      leads: true,
    });
  });
  return routes;
}

function show(
  visit: Visit,
  sent: SentBatch,
  checked: BatchModel["checked"],
  status: 200 | 422 = 200,
): Response | Promise<Response> {
  const { t } = visit.language;
  const fault = checked === null || checked.count + checked.faults.length > 0
    ? null
    : t.submit.batchEmpty;
  const isLong = (checked?.count ?? 0) > BATCH_MAX;
  const model = {
    choices: choicesOf(visit, sent),
    text: sent.text,
    checked: isLong ? null : checked,
    fault: isLong ? t.submit.batchTooMany(visit.language.number(BATCH_MAX)) : fault,
  };
  return visit.page("submit", t.submit.title, <BatchPage model={model} />, status);
}

/** What the types' own schemas say of the lines; none is submitted. */
function check(
  { desk: { manager }, language }: Visit,
  submissions: readonly { readonly line: number; readonly submission: TaskSubmission }[],
): readonly LineFault[] {
  return submissions.flatMap(({ line, submission }) => {
    try {
      manager.checkSubmission(submission);
      return [];
    } catch (error) {
      if (!(error instanceof LidoError)) throw error;
      return [{ line, text: errorIn(language, error) }];
    }
  });
}

/** A file goes before what was typed. */
async function readSent(visit: Visit): Promise<SentBatch> {
  const type = visit.c.req.header("content-type") ?? "";
  const isMultipart = type.startsWith("multipart/form-data");
  const fields = isMultipart ? await readMultipart(visit.c, type) : visit.form;
  const one = (name: string) => fields.get(name)?.[0] ?? "";
  return {
    pool: one("pool"),
    type: one("type"),
    text: (isMultipart && one("file")) || one("lines"),
    isSubmit: one("do") === "submit",
  };
}

/** The fields of a form with a file in it, which is taken for its text. */
async function readMultipart(c: Context<AppEnv>, type: string): Promise<SentForm> {
  const bytes = c.var.body as Uint8Array<ArrayBuffer>; // as the body guard read them
  try {
    const form = await new Response(bytes, { headers: { "content-type": type } }).formData();
    const fields = new Map<string, string[]>();
    for (const [name, value] of form) {
      const text = typeof value === "string" ? value : await value.text();
      fields.set(name, [...fields.get(name) ?? [], text]);
    }
    return fields;
  } catch (error) {
    const why = messageOf(error);
    throw new HttpError("invalid_input", `Cannot read form: ${why}`);
  }
}
