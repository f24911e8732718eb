/** A list of tasks as a file, whole: read one page after the other, as fast as it is taken. */
import type { Context } from "hono";
import { stream } from "hono/streaming";
import type { TaskFilter } from "../../core/mod.ts";
import type { AppEnv, RoutedManager } from "../app_env.ts";
import { oneOf, type Query } from "./query.ts";
import { writeCsv, writeNdjson, type WriteTasks } from "../present/export.ts";

/** What a file of tasks can be. */
export const EXPORT_FORMATS = ["csv", "ndjson"] as const;
/** One of {@link EXPORT_FORMATS}. */
export type ExportFormat = typeof EXPORT_FORMATS[number];

/** Tasks that are read at a time. */
const STEP = 100;
const TYPES = { csv: "text/csv; charset=utf-8", ndjson: "application/x-ndjson" } as const;

/** Which format an address wants. @throws {HttpError} `invalid_input` if it is none. */
export function readFormat(query: Query): ExportFormat {
  const format = query.get("format") ?? "ndjson";
  return oneOf(format, EXPORT_FORMATS, "format", "Cannot export tasks");
}

/** What is asked for. */
export interface ExportRequest {
  readonly filter: TaskFilter;
  readonly format: ExportFormat;
  readonly nowMs: number;
}

/** Answers with the file; what cannot be read is told before it begins. */
export async function exportTasks(
  c: Context<AppEnv>,
  manager: RoutedManager,
  { filter, format, nowMs }: ExportRequest,
): Promise<Response> {
  const texts = textsOf(manager, filter, format === "csv" ? writeCsv() : writeNdjson(nowMs));
  const first = await texts.next();
  c.header("Content-Type", TYPES[format]);
  c.header("Content-Disposition", `attachment; filename="tasks.${format}"`);
  c.header("Cache-Control", "no-store");
  return stream(c, async (out) => {
    if (!first.done) await out.write(first.value);
    for await (const text of texts) {
      if (out.aborted) return;
      await out.write(text);
    }
  });
}

async function* textsOf(
  manager: RoutedManager,
  filter: TaskFilter,
  write: WriteTasks,
): AsyncGenerator<string> {
  let page = await manager.listTasks(filter, { page: 1, perPage: STEP });
  yield write(page.tasks, true);
  while (page.nextCursor !== null) {
    page = await manager.listTasks(filter, { cursor: page.nextCursor, perPage: STEP });
    yield write(page.tasks, false);
  }
}
