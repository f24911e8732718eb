/** Holds real answers against the API's own description: each test that asks the API checks it, too. */
import { deepStrictEqual, ok } from "node:assert/strict";
import {
  answerSchema,
  errorsOf,
  openApiDocument,
  OPERATIONS,
} from "../../routes/api/openapi/document.ts";
import { Problem } from "../../routes/api/openapi/answers.ts";
import type { Operation } from "../../routes/api/openapi/operation.ts";

/** Headers of how an answer is sent, and what browsers are told on every page: not the API's. */
const OF_THE_SERVER =
  /^(content-(type|length|encoding|security-policy)|date|vary|transfer-encoding|connection|cross-origin-.*|origin-agent-cluster|permissions-policy|referrer-policy|x-(content-type-options|dns-prefetch-control|download-options|frame-options|permitted-cross-domain-policies|xss-protection))$/;

/** What the document has of the headers. */
interface Described {
  readonly paths: Record<string, Record<string, { responses: Record<string, DescribedAnswer> }>>;
  readonly components: {
    readonly headers: Record<string, { required: boolean }>;
    readonly responses: { readonly MethodNotAllowed: DescribedAnswer };
  };
}
interface DescribedAnswer {
  readonly headers: Record<string, { readonly $ref: string }>;
}

/** Fails if an answer of JSON is not as the description has it, or its headers are not. */
export function checkDescribed(
  asked: { readonly method: string; readonly path: string },
  answer: { readonly status: number; readonly headers: Headers; readonly body: unknown },
): void {
  checkHeadersDescribed(asked, answer);
  const [path = ""] = asked.path.split("?");
  const operation = operationOf(asked.method, path);
  if (operation === undefined) return; // what is not there answers with an error of its own
  const { status, body } = answer;
  const told = `${asked.method} ${asked.path}: ${status} ${JSON.stringify(body).slice(0, 1_000)}`;
  const described = operation.answers.find((one) => one.status === status);
  if (described === undefined) {
    const problem = Problem.safeParse(body);
    ok(problem.success, `${told}\n${problem.error?.message}`);
    const codes: readonly string[] = errorsOf(operation);
    ok(codes.includes(problem.data.code), `${told}\nis none of ${codes.join(", ")}`);
    return;
  }
  const schema = answerSchema(described);
  if (schema === undefined) return;
  const parsed = schema.safeParse(body);
  ok(parsed.success, `${told}\n${parsed.error?.message}`);
}

/** Fails if an answer bears a header that is not described, or lacks one that it must have. */
export function checkHeadersDescribed(
  asked: { readonly method: string; readonly path: string },
  { status, headers }: { readonly status: number; readonly headers: Headers },
): void {
  const { paths, components } = openApiDocument() as unknown as Described; // as it is made
  const operation = operationOf(asked.method, asked.path.split("?")[0] ?? "");
  const isApi = /^\/(api|health)(\/|$)/.test(asked.path);
  const described = operation === undefined
    ? (status === 405 && isApi ? components.responses.MethodNotAllowed : undefined)
    : paths[operation.path]?.[operation.method]?.responses[status];
  if (described === undefined) return;
  const names = Object.keys(described.headers);
  const known = new Set(names.map((name) => name.toLowerCase()));
  const borne = [...headers.keys()].filter((name) => !OF_THE_SERVER.test(name));
  const must = names.filter((name) => components.headers[name]?.required);
  deepStrictEqual(
    {
      undescribed: borne.filter((name) => !known.has(name)),
      missing: must.filter((name) => !headers.has(name)),
    },
    { undescribed: [], missing: [] },
    `${asked.method} ${asked.path}: ${status}`,
  );
}

/** The operation that a request is for; more literal paths go before those that vary. */
export function operationOf(method: string, path: string): Operation | undefined {
  const wanted = method.toLowerCase() === "head" ? "get" : method.toLowerCase();
  return OPERATIONS.filter((one) => one.method === wanted && patternOf(one.path).test(path))
    .sort((one, other) => variablesOf(one.path) - variablesOf(other.path))[0];
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[^/]+")}$`);
}

function variablesOf(path: string): number {
  return path.match(/\{/g)?.length ?? 0;
}
