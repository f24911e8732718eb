/** Imports task files, one after the other, and says what they define. See `describe_main.ts`. */
import { holdWhileAlive } from "../execution/death_watch.ts";
import { isTaskDefinition } from "./define_task.ts";
import { describeDefinition } from "./describe_definition.ts";
import type { FromDescriber } from "./describe_protocol.ts";

// Captured first: task code may change what this name means.
const realPost = MessagePort.prototype.postMessage;

async function describe(url: string): Promise<FromDescriber> {
  try {
    const { default: definition } = await import(url);
    if (definition === undefined) return broken("it has no default export");
    if (!isTaskDefinition(definition)) {
      return broken("its default export was not made by defineTask");
    }
    return { kind: "described", description: describeDefinition(definition) };
  } catch (error) {
    return broken(reasonOf(error));
  }
}

function broken(reason: string): FromDescriber {
  return { kind: "broken", reason };
}

/** Anything can be thrown, and its properties can throw again. */
function reasonOf(error: unknown): string {
  try {
    if (!(error instanceof Error)) return `it threw ${Deno.inspect(error)}`;
    return error.name === "Error" ? error.message : `${error.name}: ${error.message}`;
  } catch {
    return "it threw an error that cannot be read";
  }
}

/** The first message brings the port; after it, task code finds nothing here to talk to. */
addEventListener("message", (event) => {
  const { data: lockName, ports } = event as MessageEvent<string>; // the only message there ever is
  const port = ports[0];
  if (port === undefined) throw new TypeError("Cannot describe task files: no port came");
  const post = (message: FromDescriber) => realPost.call(port, message);
  holdWhileAlive(lockName);
  // What a file leaves running may throw while the next one is imported: it is not that one's fault.
  addEventListener("error", (event) => event.preventDefault());
  addEventListener("unhandledrejection", (event) => event.preventDefault());
  port.onmessage = async ({ data: url }: MessageEvent<string>) => post(await describe(url));
  post({ kind: "ready" });
}, { once: true });
