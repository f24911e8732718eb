/** Runs the server: from a checked configuration until the process is asked to end. */
import type { Config } from "../core/config.ts";
import type { Manager } from "../core/mod.ts";
import type { Logger, Logging } from "../core/observation/logging.ts";
import { descriptorLimit } from "./descriptor_limit.ts";
import { CommandError } from "./exit_code.ts";
import type { World } from "./world.ts";
import { messageOf } from "../core/model/errors.ts";

/** After the last task has ended, requests that waited for it get this long to be answered. */
const ANSWERING_MS = 2_000;

/** What a started manager must be able to do here. */
export interface StartedManager {
  close(options?: { readonly deadlineMs?: number }): Promise<void>;
}

/** What a listening server must be able to do here. */
export interface StartedServer {
  /** As it is called from outside. */
  readonly url: string;
  shutdown(options?: { readonly graceMs?: number }): Promise<void>;
}

/** The parts of a server; tests put in their own. */
export interface ServerParts<M extends StartedManager> {
  startManager(config: Config, logger: Logger): Promise<M>;
  /** @throws {Deno.errors.AddrInUse} if something listens there already. */
  listen(manager: M, config: Config, logger: Logger): StartedServer;
}

/**
 * Starts the server and waits until it is asked to end: then it takes nothing new, lets what runs
 * end up to `shutdownMs`, and is gone.
 */
export async function start(config: Config, world: World): Promise<void> {
  const { Logging, getLogger } = await import("../core/observation/logging.ts");
  await using logging = new Logging(config, (text) => world.err.write(text));
  await runServer({
    config,
    world,
    parts: await loadParts(logging, world.env),
    logger: getLogger("server"),
  });
}

/** What {@link runServer} works with. */
export interface RunOptions<M extends StartedManager> {
  readonly config: Config;
  readonly world: World;
  readonly parts: ServerParts<M>;
  readonly logger: Logger;
}

/** As {@link start}, with parts of one's own. */
export async function runServer<M extends StartedManager>(
  { config, world, parts, logger }: RunOptions<M>,
): Promise<void> {
  const stop = world.takeStopSignal();
  const manager = await parts.startManager(config, logger);
  try {
    const server = listen(parts, manager, config, logger);
    world.out.write(`Listening on ${server.url}\n`);
    logger.info("Server listens", { url: server.url });
    await aborted(stop);
    logger.info("Server was asked to end", { shutdownMs: config.shutdownMs });
    // Together: requests that wait for a task are answered by the manager's end of it.
    await Promise.all([
      server.shutdown({ graceMs: config.shutdownMs + ANSWERING_MS }),
      manager.close({ deadlineMs: config.shutdownMs }),
    ]);
  } finally {
    await manager.close({ deadlineMs: 0 });
  }
}

function listen<M extends StartedManager>(
  parts: ServerParts<M>,
  manager: M,
  config: Config,
  logger: Logger,
): StartedServer {
  try {
    return parts.listen(manager, config, logger);
  } catch (error) {
    throw new CommandError(`Cannot listen on ${config.host}:${config.port}: ${reasonOf(error)}`, {
      cause: error,
    });
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof Deno.errors.AddrInUse) {
    return "something listens there already; name another port with --port";
  }
  return messageOf(error);
}

/** The listening server keeps the process alive meanwhile. */
async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
}

/** What is left is for children, threads and files: without a free descriptor the runtime can panic. */
function connectionsOf(descriptors = Infinity): number {
  return Math.max(16, Math.min(4_096, Math.floor(descriptors / 4)));
}

/** Imported when a server starts: the other commands shall start without all this. */
async function loadParts(
  logging: Logging,
  env: World["env"],
): Promise<ServerParts<Manager>> {
  const [core, { createApp }, { serve }] = await Promise.all([
    import("../core/mod.ts"),
    import("../routes/app.ts"),
    import("../routes/server.ts"),
  ]);
  const traces = await core.openTraces(env);
  return {
    startManager: (config, logger) =>
      core.Manager.start({
        config,
        env,
        logger,
        logging,
        traces,
        onError: (error) => logger.error("Something failed that nobody waited for", { error }),
      }),
    listen: (manager, config, logger) =>
      serve({
        app: createApp({
          manager,
          clock: core.systemClock,
          traces,
          logError: (error, requestId) => logger.error("Request failed", { error, requestId }),
        }),
        host: config.host,
        port: config.port,
        limits: { connections: config.limits.connections ?? connectionsOf(descriptorLimit()) },
        onError: (error) => logger.error("Serving failed", { error }),
      }),
  };
}
