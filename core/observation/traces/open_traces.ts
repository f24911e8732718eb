import type { Traces } from "./traces.ts";

/** Variables that make the runtime trace; it reads them when it starts, and nothing else does. */
const SWITCHES = ["OTEL_DENO", "OTEL_DENO_TRACING"];

/**
 * Spans of requests, waits and attempts, if the runtime was started to trace; else undefined, and
 * nothing of OpenTelemetry is loaded.
 */
export async function openTraces(
  env: Readonly<Record<string, string>>,
): Promise<Traces | undefined> {
  if (!SWITCHES.some((name) => Object.hasOwn(env, name))) return undefined;
  const { Traces } = await import("./traces.ts");
  return Traces.open();
}
