/**
 * The HTTP app. What every request passes, from the outside in: its meter, an id, the security headers, the
 * host's name, the site it comes from, its body, its address; then one handler. All errors meet one handler.
 */
import { type Context, Hono, type MiddlewareHandler } from "hono";
import { methodNotAllowed } from "hono/method-not-allowed";
import { requestId } from "hono/request-id";
import { secureHeaders } from "hono/secure-headers";
import { type Clock, readTraceparent, type RequestIds, withRequest } from "../core/mod.ts";
import { alertRoutes } from "./api/alerts.ts";
import { isNdjson } from "./api/batch_stream.ts";
import { eventRoutes } from "./api/events.ts";
import { historyRoutes } from "./api/history.ts";
import { logLevelRoutes } from "./api/log_level.ts";
import { openApiRoutes } from "./api/openapi/routes.ts";
import { poolRoutes } from "./api/pools.ts";
import { statsRoutes } from "./api/stats.ts";
import { taskRoutes } from "./api/tasks.ts";
import { typeRoutes } from "./api/types.ts";
import { viewRoutes } from "./api/views.ts";
import type { AppEnv, RoutedManager } from "./app_env.ts";
import { HttpError } from "./errors.ts";
import { BODY_BYTES_MAX, checkJsonType, readBody } from "./guards/body_guard.ts";
import { checkSite } from "./guards/cross_site_guard.ts";
import { hostCheck } from "./guards/host_guard.ts";
import { checkAddress, checkHasBody, checkKey } from "./guards/operation_guard.ts";
import { type RequestTraces, traceRequests } from "./guards/trace_guard.ts";
import { healthRoutes } from "./health.ts";
import { metricRoutes } from "./metrics.ts";
import { alertPageRoutes } from "./pages/alerts.tsx";
import { apiDocsRoutes } from "./pages/api_docs.tsx";
import { overviewRoutes } from "./pages/overview.tsx";
import { paletteRoutes } from "./pages/palette.ts";
import { poolsRoutes } from "./pages/pools.tsx";
import { withPages } from "./pages/problem.tsx";
import { staticFiles } from "./pages/static_files.ts";
import { submitRoutes } from "./pages/submit.tsx";
import { tasksRoutes } from "./pages/tasks.tsx";
import { typesRoutes } from "./pages/types.tsx";
import { traceIdOf } from "./present/task.ts";
import { errorHandler, type LogError, problem } from "./problem.ts";
import { RequestMeter } from "./request_meter.ts";
import { StaticPathRouter } from "./serving/static_path_router.ts";

/** What the app is made of. */
export interface AppOptions {
  readonly manager: RoutedManager;
  readonly clock: Clock;
  /** Where requests are traced; nowhere if left out. */
  readonly traces?: RequestTraces | undefined;
  /** Told of each error that nobody foresaw; the client gets only the request's id. */
  readonly logError: LogError;
  /** Names beside the loopback ones under which this server may be called, without port. */
  readonly allowedHosts?: readonly string[];
  /** How long a client may take to send a body, in milliseconds. */
  readonly bodyTimeoutMs?: number;
  /** The same of a body below 64 KiB. */
  readonly smallBodyTimeoutMs?: number;
}

/** Makes the app with all its routes. Further routes must be added before its first request. */
export function createApp(options: AppOptions): Hono<AppEnv> {
  const { manager, clock } = options;
  const app = new Hono<AppEnv>({ router: new StaticPathRouter() });
  const desk = { manager, clock };
  const answerError = withPages(desk, errorHandler(options.logError));
  app.onError(answerError);
  app.notFound((c) => answerError(new HttpError("not_found", `Cannot find ${c.req.path}`), c));
  const meter = new RequestMeter();
  app.use(meter.middleware);
  addGuards(app, options);
  app.use("/api/*", async (c, next) => {
    // What a body of a GET or a HEAD means is said nowhere: it is not looked at.
    if (c.req.method !== "GET" && c.req.method !== "HEAD") {
      checkJsonType(c);
      checkHasBody(c);
      checkKey(c);
    }
    // What it shows is old a moment later. Said before: afterwards, it would be another response.
    c.header("Cache-Control", "no-store");
    await next();
  });
  app.route("/api/docs", apiDocsRoutes(desk));
  app.route("/api/pools", poolRoutes(manager));
  app.route("/api/tasks", taskRoutes({ ...options, bodyTimeoutMs: bodyTimeoutOf(options) }));
  app.route("/api/types", typeRoutes(manager));
  app.route("/api/views", viewRoutes(manager));
  app.route("/api/alerts", alertRoutes(manager));
  app.route("/api/log-level", logLevelRoutes(manager));
  app.route("/api", statsRoutes(manager, clock));
  app.route("/api", historyRoutes(manager));
  app.route("/api", openApiRoutes());
  app.route("/api", eventRoutes(manager, options.logError));
  app.route("/health", healthRoutes(manager));
  app.route("/metrics", metricRoutes(manager, meter));
  app.route("/static", staticFiles().routes);
  app.route("/", overviewRoutes(desk));
  app.route("/pools", poolsRoutes(desk));
  app.route("/tasks", tasksRoutes(desk));
  app.route("/submit", submitRoutes(desk));
  app.route("/types", typesRoutes(desk));
  app.route("/alerts", alertPageRoutes(desk));
  app.route("/palette", paletteRoutes(desk));
  return app;
}

function addGuards(app: Hono<AppEnv>, options: AppOptions): void {
  if (options.traces !== undefined) app.use(traceRequests(options.traces));
  app.use(requestId());
  app.use(secureHeaders(SECURITY_HEADERS));
  app.use(methodNotAllowed({ app, onMethodNotAllowed: refuseMethod }));
  app.use(guard(options));
}

/** All that is looked at before a handler, in one step: each further one costs all requests. */
function guard(options: AppOptions): MiddlewareHandler<AppEnv> {
  const checkHost = hostCheck(options.allowedHosts ?? []);
  const timeoutMs = bodyTimeoutOf(options);
  const { smallBodyTimeoutMs: smallTimeoutMs = Math.min(8_000, timeoutMs) } = options;
  const limits = { bytesMax: BODY_BYTES_MAX, timeoutMs, smallTimeoutMs, isStreamed };
  return async (c, next) => {
    // The address `*` matches each pattern of middleware twice.
    if (c.get("body") !== undefined) return await next();
    checkHost(c);
    checkSite(c);
    c.set("body", await readBody(c, limits));
    checkAddress(c);
    c.set("traceparent", c.get("traceparent") ?? sentTraceparent(c));
    try {
      await withRequest(idsOf(c), next);
    } catch (thrown) {
      // Hono gives its error handler nothing but Errors; code may throw anything.
      throw thrown instanceof Error ? thrown : new Error("Thrown: no Error", { cause: thrown });
    }
    // Hono answers a HEAD with the head of what GET gives, and forgets the rest: a stream would go on.
    if (c.req.method === "HEAD") await c.res.body?.cancel();
  };
}

function idsOf(c: Context<AppEnv>): RequestIds {
  const traceId = traceIdOf(c.get("traceparent"));
  return { requestId: c.get("requestId"), ...traceId !== null && { traceId } };
}

/** One that is not as it must be counts as none: W3C wants it so. */
function sentTraceparent(c: Context<AppEnv>): string | null {
  const sent = c.req.header("traceparent");
  return sent !== undefined && readTraceparent(sent) !== undefined ? sent : null;
}

function bodyTimeoutOf({ bodyTimeoutMs = 30_000 }: AppOptions): number {
  return bodyTimeoutMs;
}

/** A batch of any length comes line by line. */
function isStreamed(c: Context<AppEnv>): boolean {
  return c.req.method === "POST" && c.req.path === "/api/tasks/batch" && isNdjson(c);
}

function refuseMethod(c: Parameters<typeof problem>[0], methods: string[]): Response {
  c.header("Allow", methods.join(", "));
  const message = `Cannot ${c.req.method} ${c.req.path}: allowed is ${methods.join(", ")}`;
  return problem(c, new HttpError("method_not_allowed", message));
}

/** No HSTS: the server itself speaks plain http; who puts TLS before it, adds it there. */
const SECURITY_HEADERS: Parameters<typeof secureHeaders>[0] = {
  strictTransportSecurity: false,
  xFrameOptions: "DENY",
  // With no-referrer browsers send `Origin: null` with forms, and the guard of sites would refuse them.
  referrerPolicy: "same-origin",
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'", "data:"],
    connectSrc: ["'self'"],
    baseUri: ["'none'"],
    frameAncestors: ["'none'"],
    formAction: ["'self'"],
  },
  permissionsPolicy: { camera: [], geolocation: [], microphone: [] },
};
