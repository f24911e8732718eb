/** `/submit`: one task, by a form of its type's schema. */
import { Hono } from "hono";
import { z } from "zod";
import {
  type Fault,
  LidoError,
  messageOf,
  type TaskSnapshot,
  TaskSubmission,
  type TaskType,
} from "../../core/mod.ts";
import type { Words } from "../../views/i18n/en.ts";
import {
  type SubmitChoices,
  SubmitForm,
  type SubmitModel,
  SubmitPage,
} from "../../views/pages/submit.tsx";
import { submitOptions } from "../submit_options.ts";
import type { AppEnv } from "../app_env.ts";
import { faultText } from "../api/wire.ts";
import { parseJsonText } from "../api/read_json.ts";
import { readTaskId } from "../api/query.ts";
import { fieldsOf, type FormOptions, readFields, sentFieldsOf } from "../present/form.ts";
import { type FormSchema, formSchema } from "../present/form_schema.ts";
import { hideSecrets } from "../present/secrets.ts";
import { indentJson } from "../present/task_page.ts";
import { batchRoutes } from "./batch.tsx";
import { checkForm, errorIn, faultsIn, sayFaults } from "./check_form.ts";
import { type Desk, Visit } from "./visit.tsx";

/** What is asked of each task, whatever its type. */
const TASK_SCHEMA: FormSchema = formSchema(z.toJSONSchema(
  TaskSubmission.pick({
    name: true,
    priority: true,
    tags: true,
    runTimeoutMs: true,
    idempotencyKey: true,
  }),
  { io: "input" },
));
/** Fields of the input are below this name. */
const INPUT = ["input"];

/** Makes the routes below `/submit`. */
export function submitRoutes(desk: Desk): Hono<AppEnv> {
  const routes = new Hono<AppEnv>();
  routes.route("/batch", batchRoutes(desk));
  routes.get("/", async (c) => {
    const visit = new Visit(c, desk);
    const from = c.req.query("from");
    const old = from === undefined ? null : await desk.manager.getTask(readTaskId(from));
    const model = blank(visit, old);
    return await visit.page("submit", visit.language.t.submit.title, <SubmitPage model={model} />);
  });
  routes.post("/", async (c) => {
    const visit = new Visit(c, desk);
    const { t } = visit.language;
    try {
      const { task } = await desk.manager.submit(read(visit), submitOptions(c));
      return visit.done(t.submit.done(task.name), `/tasks/${task.id}`, { leads: true });
    } catch (error) {
      if (!(error instanceof LidoError)) throw error;
      const model = refused(visit, error);
      return visit.isScripted
        ? await visit.fragment(<SubmitForm model={model} />, 422)
        : await visit.page("submit", t.submit.title, <SubmitPage model={model} />, 422);
    }
  });
  return routes;
}

/** Pools and types to choose from, and which are chosen. */
export function choicesOf(
  { desk: { manager } }: Visit,
  wanted: { readonly pool?: string | undefined; readonly type?: string | undefined },
): SubmitChoices {
  const pools = manager.listPools(["running", "paused"])
    .map(({ id, settings }) => ({ id: String(id), name: settings.name }));
  const types = manager.listTaskTypes();
  return {
    pools,
    types: types.map(({ name: type, description }) => ({ name: type, description })),
    poolId: pools.find(({ id }) => id === wanted.pool)?.id ?? pools[0]?.id ?? "",
    type: types.find((type) => type.name === wanted.type)?.name ?? types[0]?.name ?? "",
  };
}

/** The form before anything was typed: empty, with an example, or as a task had it. */
function blank(visit: Visit, old: TaskSnapshot | null): SubmitModel {
  const { c, language: { t } } = visit;
  const choices = choicesOf(visit, {
    pool: old?.poolId ?? c.req.query("pool"),
    type: old?.type ?? c.req.query("type"),
  });
  const type = typeOf(visit, choices.type);
  const given = (old?.inputJson && hideSecrets(old.inputJson, type?.inputSchema, true)) ??
    c.req.query("input") ?? null;
  const value = given === null ? undefined : parseLoosely(given);
  // Large numbers would be rounded on their way through fields.
  const isJson = c.req.query("as") === "json" || !hasFields(type) ||
    (given !== null && (value === undefined || !isExact(given, value)));
  const task = old === null ? {} : { name: old.name, priority: old.priority, tags: old.tags };
  return {
    ...links(c.req.url),
    choices,
    input: isJson || type === undefined
      ? null
      : fieldsOf(formSchema(type.inputSchema), value, { t }, INPUT),
    inputJson: {
      text: given === null ? skeletonOf(type) : value === undefined ? given : indentJson(given),
      fault: null,
    },
    task: fieldsOf(TASK_SCHEMA, task, taskOptions(t)),
    isRefused: false,
    faults: [],
  };
}

/** The form with what was typed, and what is wrong with it. */
function refused(visit: Visit, error: LidoError): SubmitModel {
  const { form, language: { t } } = visit;
  const faults = faultsIn(visit.language, error.details.faults ?? []);
  const choices = choicesOf(visit, { pool: visit.sent("pool"), type: visit.sent("type") });
  const type = typeOf(visit, choices.type);
  const isJson = visit.sent("as") === "json" || type === undefined;
  const ofInput = faults.filter(({ path }) => path[0] === "input");
  const task = sentFieldsOf(TASK_SCHEMA, form, taskOptions(t, faults));
  const input = isJson ? null : sentFieldsOf(
    formSchema(type.inputSchema),
    form,
    { t, faults: ofInput },
    INPUT,
  );
  const shown = new Set([...task, ...input ?? []].flatMap((field) => field.faults));
  const hidden = faults.filter(({ path, message }) =>
    !shown.has(message) && !(isJson && path[0] === "input")
  );
  return {
    ...links(visit.c.req.url, choices),
    choices,
    input,
    inputJson: {
      text: visit.sent("input_json") ?? "",
      fault: ofInput.length === 0 ? null : sayFaults(visit.language, ofInput),
    },
    task,
    isRefused: true,
    faults: faults.length === 0
      ? [errorIn(visit.language, error)]
      : hidden.map((fault) => faultText([fault])),
  };
}

/** What was sent, as a submission. @throws {LidoError} with a fault for each field. */
function read(visit: Visit): TaskSubmission {
  const type = typeOf(visit, visit.sent("type") ?? "");
  const input = visit.sent("as") === "json"
    ? inputFromJson(visit.sent("input_json") ?? "", visit.language.t)
    : readFields(formSchema(type?.inputSchema), visit.form, INPUT);
  return checkForm(TaskSubmission, {
    ...readFields(TASK_SCHEMA, visit.form),
    poolId: visit.sent("pool"),
    type: visit.sent("type"),
    ...input !== undefined && { input },
  });
}

function inputFromJson(text: string, t: Words): unknown {
  if (text.trim() === "") return undefined;
  try {
    return parseJsonText(text);
  } catch (error) {
    const why = messageOf(error);
    const faults = [{ path: ["input"], message: t.submit.badJson(why) }];
    throw new LidoError("invalid_input", t.submit.badJson(why), { faults });
  }
}

/** The task type of a name; undefined where there is none, or no longer. */
export function typeOf({ desk: { manager } }: Visit, wanted: string): TaskType | undefined {
  return manager.listTaskTypes().find((type) => type.name === wanted);
}

function hasFields(type: TaskType | undefined): boolean {
  return Object.keys(formSchema(type?.inputSchema).properties ?? {}).length > 0;
}

/** Whether a value, written again, is what it was read from. */
function isExact(json: string, value: unknown): boolean {
  return indentJson(json) === indentJson(JSON.stringify(value) ?? "");
}

function parseLoosely(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** What the input may look like: the type's first example. */
function skeletonOf(type: TaskType | undefined): string {
  return type === undefined || type.examples.length === 0
    ? "{}"
    : JSON.stringify(type.examples[0], null, 2);
}

function taskOptions(t: Words, faults: readonly Fault[] = []): FormOptions {
  const words = new Map([
    ["name", { label: t.submit.name, help: t.submit.nameHelp }],
    ["priority", { label: t.submit.priority, help: t.submit.priorityHelp }],
    ["tags", { label: t.submit.tags, help: "" }],
    ["runTimeoutMs", { label: t.submit.runTimeout, help: t.submit.runTimeoutHelp }],
    ["idempotencyKey", { label: t.submit.key, help: t.submit.keyHelp }],
  ]);
  return { t, faults, words: (path) => words.get(path.join(".")) };
}

/** The same form in its other shape. */
function links(address: string, choices?: SubmitChoices): { formHref: string; jsonHref: string } {
  const query = new URL(address).searchParams;
  if (choices !== undefined) {
    query.set("type", choices.type);
    query.set("pool", choices.poolId);
  }
  query.delete("as");
  const formHref = `/submit?${query}`;
  query.set("as", "json");
  return { formHref, jsonHref: `/submit?${query}` };
}
