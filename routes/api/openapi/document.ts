/** The OpenAPI document, made of the operations and the same schemas that check what comes. */
import { z } from "zod";
import { ERROR_TEXTS } from "../../error_texts.ts";
import { hasRetryAfter, type HttpErrorCode, STATUS } from "../../errors.ts";
import { type ErrorCode, VERSION } from "../../../core/mod.ts";
import type { FieldNames } from "../wire.ts";
import { Problem } from "./answers.ts";
import { ALERT_OPERATIONS } from "./alert_operations.ts";
import { type HeaderName, headerRefs, HEADERS } from "./headers.ts";
import type { Answer, Body, Operation, Parameter } from "./operation.ts";
import { POOL_OPERATIONS } from "./pool_operations.ts";
import { SERVER_OPERATIONS } from "./server_operations.ts";
import { TASK_OPERATIONS } from "./task_operations.ts";

/** All that can be asked. */
export const OPERATIONS: readonly Operation[] = [
  ...POOL_OPERATIONS,
  ...TASK_OPERATIONS,
  ...ALERT_OPERATIONS,
  ...SERVER_OPERATIONS,
];

/** A JSON Schema, or any other part of the document. */
export type Json = { readonly [name: string]: unknown };

/** Errors that each request may meet before it comes to its operation. */
const ALWAYS = ["misdirected_request", "invalid_input", "internal_error"] as const;
/** And those of one that changes something: a body may come with any of them. */
const OF_CHANGES = [
  "cross_site_request",
  "invalid_json",
  "request_timeout",
  "body_too_large",
  "unsupported_media_type",
] as const;

let made: Json | undefined;

/** The document, as it is served. It is made when it is first asked for. */
export function openApiDocument(): Json {
  return made ??= makeDocument();
}

function makeDocument(): Json {
  const components: Record<string, unknown> = {};
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of OPERATIONS) {
    const path = paths[operation.path] ??= {};
    path[operation.method] = operationOf(operation, components);
  }
  const responses = {
    MethodNotAllowed: problemOf(
      ["method_not_allowed"],
      ["X-Request-Id", "Cache-Control", "Allow"],
      components,
    ),
  };
  return {
    openapi: "3.1.1",
    info: {
      title: "Lido",
      version: VERSION,
      description: "Pools of threads, their tasks, and all that can be done with them. Any other " +
        "method of a path is answered by `MethodNotAllowed`, which is among the components. " +
        "A parameter that an operation does not have is refused, and so is a body where it has none.",
      license: { name: "MIT", identifier: "MIT" },
    },
    jsonSchemaDialect: "https://json-schema.org/draft/2020-12/schema",
    servers: [{ url: "/" }],
    tags: [...new Set(OPERATIONS.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: { schemas: components, headers: HEADERS, responses },
  };
}

/** The errors of an operation, those that every one has among them. */
export function errorsOf(
  { method, errors }: Operation,
): readonly (ErrorCode | HttpErrorCode)[] {
  return [
    ...new Set([
      ...errors,
      ...ALWAYS,
      ...method === "get" ? [] : OF_CHANGES,
    ]),
  ];
}

function operationOf(operation: Operation, components: Record<string, unknown>): Json {
  const { id, tag, summary, path, parameters = {}, body, answers } = operation;
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
  return {
    operationId: id,
    tags: [tag],
    summary,
    parameters: [
      ...inPath,
      ...Object.entries(parameters).map(([name, one]) => parameterOf(name, one, components)),
    ],
    ...body !== undefined && { requestBody: bodyOf(body, components) },
    responses: {
      ...Object.fromEntries(
        answers.map((one) => [one.status, answerOf(operation, one, components)]),
      ),
      ...problemsOf(operation, components),
    },
  };
}

function parameterOf(
  name: string,
  { schema, description, in: place = "query" }: Parameter,
  components: Record<string, unknown>,
): Json {
  return {
    name,
    in: place,
    required: false,
    description,
    schema: schemaOf(schema, "input", components),
  };
}

function bodyOf(
  { schema, names, optional = [], example, isOptional = false, others = {}, component }: Body,
  components: Record<string, unknown>,
): Json {
  const json = inWireNames(
    outermost(schemaOf(schema, "input", components), components),
    names,
    optional,
  );
  if (component !== undefined) components[component] = json;
  return {
    required: !isOptional,
    content: {
      "application/json": {
        schema: component === undefined ? json : { $ref: `#/components/schemas/${component}` },
        example,
      },
      ...Object.fromEntries(
        Object.entries(others).map(([type, text]) =>
          [type, { schema: { type: "string" }, example: text }] as const
        ),
      ),
    },
  };
}

function answerOf(
  operation: Operation,
  answer: Answer,
  components: Record<string, unknown>,
): Json {
  const { description, type = "application/json", otherTypes = [], headers = [] } = answer;
  const schema = answerSchema(answer);
  return {
    description,
    headers: headerRefs([...headersOf(operation), ...headers]),
    content: {
      [type]: {
        schema: schema === undefined ? { type: "string" } : schemaOf(schema, "output", components),
      },
      ...Object.fromEntries(otherTypes.map((one) => [one, { schema: { type: "string" } }])),
    },
  };
}

/** What an answer's JSON is held against; undefined where it is none. */
export function answerSchema({ data, beside = {}, bare }: Answer): z.ZodType | undefined {
  if (bare !== undefined) return bare;
  return data && z.strictObject({ success: z.literal(true), data, ...beside });
}

/** Errors by their status: each code with its meaning. */
function problemsOf(operation: Operation, components: Record<string, unknown>): Json {
  const codes = errorsOf(operation);
  const statuses = [...new Set(codes.map((code) => STATUS[code]))].sort();
  return Object.fromEntries(statuses.map((status) => {
    const own = codes.filter((code) => STATUS[code] === status);
    const retry: readonly HeaderName[] = hasRetryAfter(status) ? ["Retry-After"] : [];
    return [status, problemOf(own, [...headersOf(operation), ...retry], components)];
  }));
}

function problemOf(
  codes: readonly (ErrorCode | HttpErrorCode)[],
  headers: readonly HeaderName[],
  components: Record<string, unknown>,
): Json {
  const schema = {
    allOf: [schemaOf(Problem, "output", components), { properties: { code: { enum: codes } } }],
  };
  return {
    description: codes.map((code) => `\`${code}\`: ${ERROR_TEXTS[code].en}`).join("; "),
    headers: headerRefs(headers),
    content: { "application/problem+json": { schema } },
  };
}

/** Headers of every answer of an operation. */
function headersOf({ path }: Operation): readonly HeaderName[] {
  return path.startsWith("/api/") ? ["X-Request-Id", "Cache-Control"] : ["X-Request-Id"];
}

/**
 * A schema as JSON; what has an id goes to the components. What may come and what is answered differ
 * by their defaults, so the same noun has a name for each.
 */
function schemaOf(
  schema: z.ZodType,
  io: "input" | "output",
  components: Record<string, unknown>,
): Json {
  const suffix = io === "input" ? "Input" : "";
  const made = JSON.stringify(z.toJSONSchema(schema, { io, unrepresentable: "any", override }))
    .replaceAll("__schema0", "Json") // what zod calls the one schema that holds itself
    .replaceAll(/"#\/\$defs\/(\w+)"/g, `"#/components/schemas/$1${suffix}"`);
  const { $schema: _, $id: _id, id: _name, $defs = {}, ...json } = JSON.parse(made);
  for (const [id, one] of Object.entries($defs as Json)) components[`${id}${suffix}`] ??= one;
  return json;
}

/** What code may not change would read as what no request may hold: JSON Schema's `readOnly`. */
function override({ jsonSchema }: { readonly jsonSchema: { readOnly?: boolean } }): void {
  delete jsonSchema.readOnly;
}

/** A body's own fields: the noun has other names on the wire, and is no component of its own. */
function outermost(schema: Json, components: Record<string, unknown>): Json {
  const name = String(schema["$ref"] ?? "").split("/").at(-1) ?? "";
  const whole = components[name];
  if (whole === undefined) return schema;
  delete components[name];
  return whole as Json; // as it was put there
}

/** Renames the outermost fields; what is inside them is the user's, or the same on both sides. */
function inWireNames(
  schema: Json,
  names: FieldNames | undefined,
  optional: readonly string[],
): Json {
  const rename = (name: string) => names?.toWire.get(name) ?? name;
  const { properties = {}, required = [], ...others } = schema;
  const left = (required as readonly string[]).filter((name) => !optional.includes(name)); // zod's
  return {
    ...others,
    properties: Object.fromEntries(
      Object.entries(properties as Json).map(([name, one]) => [rename(name), one]),
    ),
    ...left.length > 0 && { required: left.map(rename) },
  };
}
