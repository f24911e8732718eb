/** `/tasks/views`: saves what the list shows under a name, and lets such views go. */
import { Hono } from "hono";
import { type Fault, LidoError, View } from "../../core/mod.ts";
import { RemoveViewQuestion, SaveViewQuestion } from "../../views/pages/saved_views.tsx";
import type { SavedViewModel } from "../../views/pages/tasks.tsx";
import type { AppEnv } from "../app_env.ts";
import { checkForm, faultsOfNamed } from "./check_form.ts";
import { ListAddress } from "./list_address.ts";
import { keepOwnViews, OWN_VIEWS_MAX, readOwnViews } from "./own_views.ts";
import { type Desk, Visit } from "./visit.tsx";

/** Makes the routes. */
export function viewRoutes(desk: Desk): Hono<AppEnv> {
  const routes = new Hono<AppEnv>();
  routes.get("/new", (c) => {
    const visit = new Visit(c, desk);
    const { view } = ListAddress.of(visit);
    return ask(visit, { query: view, name: "", isShared: false, faults: [] });
  });
  routes.post("/", async (c) => {
    const visit = new Visit(c, desk);
    const { t } = visit.language;
    const sent = sentView(visit);
    try {
      const view = checkForm(View, { name: sent.name, query: sent.query });
      if (sent.isShared) await desk.manager.saveView(view);
      else keepOwn(visit, view);
      return visit.done(t.views.saved(view.name), hrefOf(view.query), { leads: true });
    } catch (error) {
      return await ask(visit, { ...sent, faults: faultsOfNamed(error, visit.language) }, 422);
    }
  });
  routes.get("/remove", (c) => {
    const visit = new Visit(c, desk);
    const name = c.req.query("name") ?? "";
    const isShared = c.req.query("shared") === "1";
    const question = <RemoveViewQuestion name={name} isShared={isShared} />;
    return visit.dialog("tasks", visit.language.t.views.title, question);
  });
  routes.post("/remove", async (c) => {
    const visit = new Visit(c, desk);
    const { name, isShared } = sentView(visit);
    if (isShared) await desk.manager.removeView(name);
    else keepOwnViews(c, readOwnViews(c).filter((one) => one.name !== name));
    return visit.done(visit.language.t.views.removed(name), "/tasks", { leads: true });
  });
  return routes;
}

/** The views that whoever asks can open: everybody's, and the browser's own. */
export function viewsOf(visit: Visit, open: string): readonly SavedViewModel[] {
  const shown = (isShared: boolean) => ({ name, query }: { name: string; query: string }) => ({
    name,
    isShared,
    href: hrefOf(query),
    isOpen: viewOf(query) === open,
    removeHref: `/tasks/views/remove?${new URLSearchParams({
      name,
      shared: isShared ? "1" : "0",
    })}`,
  });
  return [
    ...visit.desk.manager.listViews().map(shown(true)),
    ...readOwnViews(visit.c).map(shown(false)),
  ];
}

interface SentView {
  readonly name: string;
  readonly query: string;
  readonly isShared: boolean;
}

/** Of its address only what a list knows: nothing else is kept, or led to. */
function sentView(visit: Visit): SentView {
  return {
    name: visit.sent("name") ?? "",
    query: viewOf(visit.sent("query") ?? ""),
    isShared: visit.sent("shared") === "1",
  };
}

/** A list's parameters, as they are always written. */
function viewOf(query: string): string {
  return new ListAddress(new URLSearchParams(query)).view;
}

function hrefOf(query: string): string {
  const view = viewOf(query);
  return view === "" ? "/tasks" : `/tasks?${view}`;
}

/** @throws {LidoError} `invalid_input` where the browser has no room for it. */
function keepOwn({ c, language: { t } }: Visit, view: { name: string; query: string }): void {
  const others = readOwnViews(c).filter(({ name }) => name !== view.name);
  if (keepOwnViews(c, [...others, view])) return;
  const message = t.views.tooMany(String(OWN_VIEWS_MAX));
  throw new LidoError("invalid_input", message, { faults: [{ path: ["name"], message }] });
}

function ask(
  visit: Visit,
  { query, name, isShared, faults }: SentView & { readonly faults: readonly Fault[] },
  status: 200 | 422 = 200,
): Response | Promise<Response> {
  const question = (
    <SaveViewQuestion
      query={query}
      back={hrefOf(query)}
      name={name}
      isShared={isShared}
      faults={faults.map(({ message }) => message)}
    />
  );
  return visit.dialog("tasks", visit.language.t.views.title, question, status);
}
