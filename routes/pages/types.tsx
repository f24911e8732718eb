/** `/types`: the task types. */
import { Hono } from "hono";
import { type TypesModel, TypesPage } from "../../views/pages/types.tsx";
import type { AppEnv } from "../app_env.ts";
import { type Desk, Visit } from "./visit.tsx";

/** Makes the route. */
export function typesRoutes(desk: Desk): Hono<AppEnv> {
  const routes = new Hono<AppEnv>();
  routes.get("/", (c) => {
    const visit = new Visit(c, desk);
    return visit.page("types", visit.language.t.types.title, <TypesPage model={present(desk)} />);
  });
  return routes;
}

function present({ manager }: Desk): TypesModel {
  return {
    types: manager.listTaskTypes().map((type) => ({
      name: type.name,
      description: type.description,
      isBuiltIn: type.isBuiltIn,
      codeVersion: type.codeVersion,
      schema: JSON.stringify(type.inputSchema, null, 2),
      output: type.outputSchema === null ? null : JSON.stringify(type.outputSchema, null, 2),
      examples: type.examples.map((example) => {
        const text = JSON.stringify(example);
        return { text, href: `/submit?type=${type.name}&input=${encodeURIComponent(text)}` };
      }),
    })),
    broken: manager.listBrokenTaskFiles(),
  };
}
