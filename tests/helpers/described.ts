/** Holds real answers against the API's own description: each test that asks the API checks it, too. */
import { ok } from "node:assert/strict";
import { answerSchema, errorsOf, OPERATIONS } from "../../routes/api/openapi/document.ts";
import { Problem } from "../../routes/api/openapi/answers.ts";
import type { Operation } from "../../routes/api/openapi/operation.ts";

/** Fails if an answer of JSON is not as the description has it. */
export function checkDescribed(
  asked: { readonly method: string; readonly path: string },
  answer: { readonly status: number; readonly body: unknown },
): void {
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
