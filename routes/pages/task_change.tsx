/** A task's change in forms: of one task, and of many. What is left empty is not changed. */
import type { Hono } from "hono";
import { z } from "zod";
import { type Fault, TaskChange, type TaskSnapshot } from "../../core/mod.ts";
import { TaskChangeQuestion } from "../../views/pages/task_change.tsx";
import type { FieldModel } from "../../views/parts/fields.tsx";
import type { AppEnv } from "../app_env.ts";
import { readTaskId } from "../api/query.ts";
import { fieldsOf, readFields, sentFieldsOf } from "../present/form.ts";
import { formSchema } from "../present/form_schema.ts";
import { checkForm, faultsOf } from "./check_form.ts";
import { type Desk, Visit } from "./visit.tsx";

const SCHEMA = formSchema(z.toJSONSchema(TaskChange, { io: "input" }));

/** Adds the question and its answer, below `/tasks`. */
export function addTaskChange(routes: Hono<AppEnv>, desk: Desk): void {
  routes.get("/:id/change", async (c) => {
    const visit = new Visit(c, desk);
    const task = await desk.manager.getTask(readTaskId(c.req.param("id")));
    return await ask(visit, task, changeFields(visit, task));
  });
  routes.post("/:id/change", async (c) => {
    const visit = new Visit(c, desk);
    const task = await desk.manager.getTask(readTaskId(c.req.param("id")));
    let change: TaskChange;
    try {
      change = readChange(visit);
    } catch (error) {
      return await ask(visit, task, sentChangeFields(visit, faultsOf(error, visit.language)), true);
    }
    await desk.manager.changeTask(task.id, change);
    const text = visit.language.t.task.changed(task.name);
    return visit.done(text, visit.backOr(`/tasks/${task.id}`));
  });
}

/** The fields of a change, empty or as a task has them. */
export function changeFields(visit: Visit, task?: TaskSnapshot): readonly FieldModel[] {
  return withPools(visit, fieldsOf(SCHEMA, task, optionsOf(visit)));
}

/** The fields as they were sent, with what was wrong. */
export function sentChangeFields(visit: Visit, faults: readonly Fault[]): readonly FieldModel[] {
  return withPools(visit, sentFieldsOf(SCHEMA, visit.form, optionsOf(visit, faults)));
}

/** What a form asks for. @throws {LidoError} `invalid_input` with a fault for each field. */
export function readChange(visit: Visit): TaskChange {
  return checkForm(TaskChange, readFields(SCHEMA, visit.form));
}

function optionsOf({ language: { t } }: Visit, faults: readonly Fault[] = []) {
  const labels = new Map([["priority", t.tasks.priority], ["poolId", t.submit.pool]]);
  return {
    t,
    faults,
    words: ([key = ""]: readonly string[]) => ({ label: labels.get(key) ?? key, help: "" }),
  };
}

/** Pools are chosen by their names. */
function withPools(visit: Visit, fields: readonly FieldModel[]): readonly FieldModel[] {
  const { desk: { manager }, language: { t } } = visit;
  const pools = manager.listPools(["running", "paused"])
    .map(({ id, settings }) => [id, settings.name] as const);
  return fields.map((field): FieldModel => {
    if (field.name !== "poolId" || field.kind !== "text") return field;
    const { name, label, help, isRequired, faults, value } = field;
    const choices = [["", t.task.samePool] as const, ...pools];
    return { kind: "choice", name, label, help, isRequired, faults, value, choices };
  });
}

function ask(
  visit: Visit,
  { id, name }: TaskSnapshot,
  fields: readonly FieldModel[],
  hasFaults = false,
): Response | Promise<Response> {
  const question = <TaskChangeQuestion model={{ id, name, fields, hasFaults }} />;
  return visit.dialog("tasks", name, question, hasFaults ? 422 : 200);
}
