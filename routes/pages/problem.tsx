/** Errors as people see them: a page, or a message on the page that they are on. */
import type { Context, ErrorHandler } from "hono";
import { ProblemPage } from "../../views/pages/problem.tsx";
import type { AppEnv } from "../app_env.ts";
import type { ErrorCode } from "../../core/mod.ts";
import { ERROR_TEXTS } from "../error_texts.ts";
import type { HttpErrorCode } from "../errors.ts";
import { type Desk, Visit } from "./visit.tsx";

/** The error handler for programs, and around it what people are told of the same answer. */
export function withPages(desk: Desk, answer: ErrorHandler<AppEnv>): ErrorHandler<AppEnv> {
  return async (error, c) => {
    const response = await answer(error, c);
    // Who asks by another host's name may be a page of that host, which could read ours.
    if (isForPrograms(c) || response.status === 421) return response;
    try {
      return await tell(new Visit(c, desk), response);
    } catch (thrown) {
      // Without what the frame of every page shows there is no page of this error, either.
      return await answer(new Error("Cannot show an error as a page", { cause: thrown }), c);
    }
  };
}

async function tell(visit: Visit, response: Response): Promise<Response> {
  const { c, language: { t } } = visit;
  const { status } = response;
  const text = inWords(visit, await response.clone().json());
  if (visit.isScripted) {
    // What the page shows stays, and the message comes beside it.
    c.header("HX-Reswap", "none");
    return toast(visit, text, response);
  }
  const requestId = status >= 500 ? c.get("requestId") : null;
  const page = <ProblemPage model={{ status, text, requestId }} />;
  const title = status === 404 ? t.error.notFound : t.error.title;
  return await visit.page(null, title, page, status as 400); // one of STATUS
}

/** In English the error's own sentence; else what its code means, and the sentence behind it. */
function inWords(
  { language: { code: language, t } }: Visit,
  { error, code }: { readonly error: string; readonly code: ErrorCode | HttpErrorCode },
): string {
  return language === "en" ? error : t.error.withDetail(ERROR_TEXTS[code][language], error);
}

function toast(visit: Visit, text: string, response: Response): Response {
  visit.tell({ level: "error", text });
  return visit.c.body(null, response.status as 400); // one of STATUS
}

function isForPrograms(c: Context<AppEnv>): boolean {
  const { path } = c.req;
  if (path.startsWith("/api") || path.startsWith("/health") || path.startsWith("/static")) {
    return true;
  }
  return c.req.header("hx-request") !== "true" &&
    !(c.req.header("accept") ?? "").includes("text/html");
}
