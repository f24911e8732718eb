import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { CommandError } from "../../../cli/exit_code.ts";
import { runServer } from "../../../cli/start.ts";
import { Config } from "../../../core/config.ts";
import { getLogger } from "../../../core/observation/logging.ts";
import { fakeWorld } from "./fake_world.ts";

const CONFIG = Config.parse({ shutdownMs: 77 });

/** A server of nothing, that keeps what was done to it. */
function fakeServer(listen: () => void = () => {}) {
  const done: string[] = [];
  const stopping = new AbortController();
  const { world, texts } = fakeWorld();
  const options = {
    config: CONFIG,
    logger: getLogger("test"),
    world: {
      ...world,
      takeStopSignal: () => stopping.signal,
      out: {
        ...world.out,
        write: (text: string) => {
          done.push(`print ${text}`);
          stopping.abort();
          return true;
        },
      },
    },
    parts: {
      startManager: () => {
        done.push("start");
        return Promise.resolve({
          close: (close?: { readonly deadlineMs?: number }) => {
            done.push(`close ${close?.deadlineMs}`);
            return Promise.resolve();
          },
        });
      },
      listen: () => {
        listen();
        return {
          url: "http://127.0.0.1:8000/",
          shutdown: (shutdown?: { readonly graceMs?: number }) => {
            done.push(`shutdown ${shutdown?.graceMs}`);
            return Promise.resolve();
          },
        };
      },
    },
  };
  return { options, done, texts };
}

Deno.test("runServer() says where it listens, and ends in order when it is asked to", async () => {
  const { options, done } = fakeServer();
  await runServer(options);
  deepStrictEqual(done, [
    "start",
    "print Listening on http://127.0.0.1:8000/\n",
    "shutdown 2077",
    "close 77",
    "close 0",
  ]);
});

Deno.test("runServer() tells in one sentence that the port is taken, and closes the manager", async () => {
  const { options, done } = fakeServer(() => {
    throw new Deno.errors.AddrInUse("Address already in use (os error 98)");
  });
  await rejects(
    runServer(options),
    new CommandError(
      "Cannot listen on 127.0.0.1:8000: something listens there already; " +
        "name another port with --port",
    ),
  );
  deepStrictEqual(done, ["start", "close 0"]);
});

Deno.test("runServer() tells any other reason why it cannot listen", async () => {
  const { options } = fakeServer(() => {
    throw new Deno.errors.PermissionDenied("Permission denied (os error 13)");
  });
  await rejects(runServer(options), (error) => {
    strictEqual(
      String(error),
      "CommandError: Cannot listen on 127.0.0.1:8000: Permission denied (os error 13)",
    );
    return true;
  });
});
