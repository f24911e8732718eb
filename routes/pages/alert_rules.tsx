/** `/alerts/rules`: the form of a rule, and what is done to rules. */
import { Hono } from "hono";
import { z } from "zod";
import { AlertRule, type AlertRuleChanges, type Fault, type MetricFamily } from "../../core/mod.ts";
import { RemoveRuleQuestion, RuleForm } from "../../views/pages/alert_rule.tsx";
import type { FieldModel } from "../../views/parts/fields.tsx";
import type { AppEnv } from "../app_env.ts";
import { ruleTitle } from "../present/alert_page.ts";
import { fieldsOf, type FormOptions, readFields, sentFieldsOf } from "../present/form.ts";
import { formSchema } from "../present/form_schema.ts";
import { checkForm, faultsOfNamed } from "./check_form.ts";
import { type Desk, Visit } from "./visit.tsx";

const SCHEMA = formSchema(z.toJSONSchema(AlertRule, { io: "input" }));
const RULES_HREF = "/alerts?tab=rules";

/** Makes the routes, below `/alerts/rules`. */
export function alertRuleRoutes(desk: Desk): Hono<AppEnv> {
  const { manager: { alerts } } = desk;
  const routes = new Hono<AppEnv>();
  routes.get("/new", (c) => {
    const visit = new Visit(c, desk);
    return ask(visit, null, fieldsOf(SCHEMA, {}, optionsOf(visit)));
  });
  routes.get("/edit", (c) => {
    const visit = new Visit(c, desk);
    const { rule } = alerts.getRule(c.req.query("name") ?? "");
    return ask(visit, rule.name, fieldsOf(SCHEMA, rule, optionsOf(visit)));
  });
  routes.post("/", (c) => save(new Visit(c, desk)));
  addActs(routes, desk);
  return routes;
}

function addActs(routes: Hono<AppEnv>, desk: Desk): void {
  const { manager: { alerts } } = desk;
  routes.post("/silence", async (c) => {
    const visit = new Visit(c, desk);
    const minutes = Number(c.req.query("minutes"));
    const forMs = minutes > 0 && minutes <= 1_440 ? minutes * 60_000 : null;
    const { rule } = await alerts.silenceRule(c.req.query("name") ?? "", forMs);
    const { t } = visit.language;
    const text = (forMs === null ? t.alerts.told : t.alerts.nowSilenced)(
      ruleTitle(visit.language, rule.name),
    );
    return visit.done(text, visit.backOr(RULES_HREF));
  });
  routes.post("/enable", async (c) => {
    const visit = new Visit(c, desk);
    const { rule } = alerts.getRule(c.req.query("name") ?? "");
    await alerts.saveRule(rule.name, { isEnabled: c.req.query("on") === "1" });
    const text = visit.language.t.alerts.saved(ruleTitle(visit.language, rule.name));
    return visit.done(text, visit.backOr(RULES_HREF));
  });
  routes.get("/remove", (c) => {
    const visit = new Visit(c, desk);
    const { rule, isDefault } = alerts.getRule(c.req.query("name") ?? "");
    const title = ruleTitle(visit.language, rule.name);
    const query = String(new URLSearchParams({ name: rule.name }));
    const question = <RemoveRuleQuestion title={title} query={query} isDefault={isDefault} />;
    return visit.dialog("alerts", title, question);
  });
  routes.post("/remove", async (c) => {
    const visit = new Visit(c, desk);
    const { rule, isDefault } = alerts.getRule(c.req.query("name") ?? "");
    await alerts.removeRule(rule.name);
    const { t } = visit.language;
    const text = (isDefault ? t.alerts.restored : t.alerts.removed)(
      ruleTitle(visit.language, rule.name),
    );
    return visit.done(text, RULES_HREF);
  });
}

async function save(visit: Visit): Promise<Response> {
  const { language: l, desk: { manager: { alerts } } } = visit;
  const isKnown = visit.sent("known") === "1";
  try {
    const sent = { name: "", ...readFields(SCHEMA, visit.form) };
    const { name, ...changes } = checkForm(AlertRule, sent);
    await alerts.saveRule(name, withAllChannels(changes));
    return visit.done(l.t.alerts.saved(ruleTitle(l, name)), RULES_HREF);
  } catch (error) {
    const faults = faultsOfNamed(error, visit.language);
    const fields = sentFieldsOf(SCHEMA, visit.form, optionsOf(visit, faults));
    return await ask(visit, isKnown ? visit.sent("name") ?? "" : null, fields, true);
  }
}

/** An empty field names no channel, which stands for all. */
function withAllChannels(changes: AlertRuleChanges): AlertRuleChanges {
  return changes.channels?.length === 0 ? { ...changes, channels: null } : changes;
}

function ask(
  visit: Visit,
  name: string | null,
  fields: readonly FieldModel[],
  hasFaults = false,
): Response | Promise<Response> {
  const { language: l, desk: { manager } } = visit;
  const title = name === null ? l.t.alerts.newRule : ruleTitle(l, name);
  const families = manager.readMetrics();
  const shown = fields.map((field) => withChoices(field, l.t.alertChoice, families));
  const form = <RuleForm title={title} name={name} fields={shown} hasFaults={hasFaults} />;
  return visit.dialog("alerts", title, form, hasFaults ? 422 : 200);
}

/** Metrics are chosen by their names, and words are in the reader's language. */
function withChoices(
  field: FieldModel,
  words: Readonly<Record<string, string>>,
  families: readonly MetricFamily[],
): FieldModel {
  if (field.kind === "choice") {
    const choices = field.choices.map(([value]) => [value, words[value] ?? value] as const);
    return { ...field, choices };
  }
  if (field.name !== "metric" || field.kind !== "text") return field;
  const { name, label, help, isRequired, faults, value } = field;
  const choices = families.map((family) => [family.name, family.name] as const);
  return { name, label, help, isRequired, faults, kind: "choice", value, choices };
}

function optionsOf({ language: { t } }: Visit, faults: readonly Fault[] = []): FormOptions {
  const words: Readonly<Record<string, { readonly label: string; readonly help: string }>> =
    t.alertField;
  return { t, faults, words: ([key = ""]) => words[key] };
}
