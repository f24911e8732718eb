import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { AppEnv } from "../app_env.ts";
import { writeJson } from "../present/write_json.ts";

/** Answers success: `{"success": true, "data": …}` and what else belongs beside the data. */
export function answer(
  c: Context<AppEnv>,
  data: unknown,
  options: { status?: ContentfulStatusCode; beside?: Readonly<Record<string, unknown>> } = {},
): Response {
  return answerJson(c, { success: true, data, ...options.beside }, options.status);
}

/** Answers a value as it is. */
export function answerJson(
  c: Context<AppEnv>,
  value: unknown,
  status: ContentfulStatusCode = 200,
): Response {
  return c.body(writeJson(value), status, { "content-type": "application/json" });
}
