/** `/alerts/channels`: the forms of channels, and what is done to them. */
import { Hono } from "hono";
import { z } from "zod";
import { AlertChannel, type Fault } from "../../core/mod.ts";
import { ChannelForm, RemoveChannelQuestion } from "../../views/pages/alert_channels.tsx";
import type { FieldModel } from "../../views/parts/fields.tsx";
import type { AppEnv } from "../app_env.ts";
import { HttpError } from "../errors.ts";
import { fieldsOf, type FormOptions, readFields, sentFieldsOf } from "../present/form.ts";
import { formSchema } from "../present/form_schema.ts";
import { checkForm, faultsOfNamed } from "./check_form.ts";
import { type Desk, Visit } from "./visit.tsx";

const CHANNELS_HREF = "/alerts?tab=channels";

/** The form of each kind: all but the kind itself. */
const SCHEMAS = new Map(AlertChannel.options.map(({ shape }) => {
  const { kind, ...fields } = shape;
  return [kind.value, formSchema(z.toJSONSchema(z.object(fields), { io: "input" }))] as const;
}));

type Kind = AlertChannel["kind"];

/** Makes the routes, below `/alerts/channels`. */
export function alertChannelRoutes(desk: Desk): Hono<AppEnv> {
  const { manager: { channels } } = desk;
  const routes = new Hono<AppEnv>();
  routes.get("/new", (c) => {
    const visit = new Visit(c, desk);
    const { kind, schema } = kindOf(visit);
    return ask(visit, kind, fieldsOf(schema, {}, optionsOf(visit)));
  });
  routes.post("/", (c) => save(new Visit(c, desk)));
  routes.post("/test", async (c) => {
    const visit = new Visit(c, desk);
    const { t } = visit.language;
    const { channel, isDelivered, outcome } = await channels.test(c.req.query("name") ?? "");
    const said = (isDelivered ? t.alerts.testDelivered : t.alerts.testFailed)(channel, outcome);
    return visit.done(said, visit.backOr(CHANNELS_HREF));
  });
  routes.get("/remove", (c) => {
    const visit = new Visit(c, desk);
    const { name } = channels.getChannel(c.req.query("name") ?? "");
    const query = String(new URLSearchParams({ name }));
    return visit.dialog("alerts", name, <RemoveChannelQuestion name={name} query={query} />);
  });
  routes.post("/remove", async (c) => {
    const visit = new Visit(c, desk);
    const { name } = channels.getChannel(c.req.query("name") ?? "");
    await channels.remove(name);
    return visit.done(visit.language.t.alerts.channelRemoved(name), CHANNELS_HREF);
  });
  return routes;
}

/** @throws {HttpError} `not_found` if the address names no kind. */
function kindOf({ c }: Visit) {
  const kind = c.req.query("kind") as Kind; // any other text is no key of it
  const schema = SCHEMAS.get(kind);
  if (schema === undefined) throw new HttpError("not_found", `Cannot find kind of channel ${kind}`);
  return { kind, schema };
}

async function save(visit: Visit): Promise<Response> {
  const { language: l, desk: { manager: { channels } } } = visit;
  const { kind, schema } = kindOf(visit);
  try {
    const channel = checkForm(AlertChannel, { kind, ...readFields(schema, visit.form) });
    const { name } = await channels.save(channel);
    return visit.done(l.t.alerts.channelSaved(name), CHANNELS_HREF);
  } catch (error) {
    const faults = faultsOfNamed(error, visit.language);
    return await ask(visit, kind, sentFieldsOf(schema, visit.form, optionsOf(visit, faults)), true);
  }
}

function ask(
  visit: Visit,
  kind: Kind,
  fields: readonly FieldModel[],
  hasFaults = false,
): Response | Promise<Response> {
  const { t } = visit.language;
  const form = <ChannelForm kind={kind} fields={fields} hasFaults={hasFaults} />;
  const title = t.alerts.newChannelOf(t.channelKind[kind]);
  return visit.dialog("alerts", title, form, hasFaults ? 422 : 200);
}

function optionsOf({ language: { t } }: Visit, faults: readonly Fault[] = []): FormOptions {
  const words: Readonly<Record<string, { readonly label: string; readonly help: string }>> =
    t.channelField;
  return { t, faults, words: ([key = ""]) => words[key] };
}
