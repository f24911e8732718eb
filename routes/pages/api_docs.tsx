/** `/api/docs`: the description of the API as a page, in the language of who reads it. */
import { Hono } from "hono";
import { zhOperations } from "../../views/i18n/zh_operations.ts";
import type { Language } from "../../views/i18n/language.ts";
import {
  type ApiDocsModel,
  ApiDocsPage,
  type ApiOperationModel,
} from "../../views/pages/api_docs.tsx";
import { errorsOf, type Json, openApiDocument, OPERATIONS } from "../api/openapi/document.ts";
import type { Operation } from "../api/openapi/operation.ts";
import type { AppEnv } from "../app_env.ts";
import { ERROR_TEXTS } from "../error_texts.ts";
import { STATUS } from "../errors.ts";
import { type Desk, Visit } from "./visit.tsx";

/** Makes the route. */
export function apiDocsRoutes(desk: Desk): Hono<AppEnv> {
  const routes = new Hono<AppEnv>();
  routes.get("/", (c) => {
    const visit = new Visit(c, desk);
    const { language } = visit;
    return visit.page("api", language.t.api.title, <ApiDocsPage model={present(language)} />);
  });
  return routes;
}

function present(language: Language): ApiDocsModel {
  const document = openApiDocument();
  const { paths, components } = document as {
    paths: Record<string, Record<string, Json>>;
    components: { schemas: Record<string, unknown> };
  }; // as it is made
  const tags = [...new Set(OPERATIONS.map(({ tag }) => tag))];
  return {
    groups: tags.map((tag) => ({
      name: language.t.api.tags[tag],
      operations: OPERATIONS.filter((one) => one.tag === tag).map((one) =>
        presentOperation(one, paths[one.path]?.[one.method] ?? {}, language)
      ),
    })),
    schemas: Object.entries(components.schemas).map(([name, schema]) => ({
      name,
      json: JSON.stringify(schema, null, 1),
    })),
  };
}

function presentOperation(
  operation: Operation,
  described: Json,
  { code }: Language,
): ApiOperationModel {
  const { id, method, path, body, answers } = operation;
  const { parameters, requestBody, responses } = described as {
    parameters: readonly { name: string; in: string; schema: Json; description?: string }[];
    requestBody?: { content: Record<string, { schema: Json }> };
    responses: Record<string, { content: Record<string, { schema: Json }> }>;
  }; // as it is made
  return {
    id,
    method,
    path,
    summary: code === "zh" ? zhOperations[id] ?? operation.summary : operation.summary,
    parameters: parameters.map((one) => ({
      name: one.name,
      place: one.in as "path" | "query" | "header", // as it is made
      type: String(one.schema["type"] ?? "string"),
      description: one.description ?? "",
    })),
    body: body === undefined ? null : {
      schema: JSON.stringify(requestBody?.content["application/json"]?.schema, null, 1),
      example: JSON.stringify(body.example, null, 2),
    },
    answers: answers.map(({ status, description, type = "application/json", headers = [] }) => ({
      status,
      description,
      schema: nameOf(responses[status]?.content[type]?.schema) ?? type,
      headers,
    })),
    errors: errorsOf(operation).map((one) => ({
      code: one,
      status: STATUS[one],
      text: ERROR_TEXTS[one][code],
    })).sort((one, other) => one.status - other.status),
    canTry: answers.every(({ type }) => type !== "text/event-stream"),
  };
}

/** The component that `data` is, or a list of; undefined where it is none. */
function nameOf(schema: Json | undefined): string | undefined {
  const data = (schema?.["properties"] as Json | undefined)?.["data"] ?? schema;
  const items = (data as Json | undefined)?.["items"];
  const ref = ((items ?? data) as Json | undefined)?.["$ref"];
  if (typeof ref !== "string") return undefined;
  const name = ref.split("/").at(-1);
  return items === undefined ? name : `[${name}]`;
}
