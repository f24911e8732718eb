/** Debian's prometheus: a monitor that scrapes a server, and its tool that checks what it is given. */
import { join } from "node:path";
import { until } from "./until.ts";

/** Whether it is there. In CI it must be. */
export const HAS_PROMETHEUS: boolean = Deno.env.get("CI") === "true" || await isThere();

/** What to do where it is missing. */
export const PROMETHEUS_MISSING =
  "prometheus is not installed: `apt-get install prometheus` brings it";

/** Runs `promtool` on a text. @throws {Error} with what it said, if it is not content. */
export async function promtool(args: readonly string[], text = ""): Promise<void> {
  const tool = new Deno.Command("promtool", {
    args: [...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = tool.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  const { success, stdout, stderr } = await tool.output();
  const said = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
  if (!success) throw new Error(`promtool ${args.join(" ")}: ${said}`);
}

/** One answer to a query. */
export interface PromSample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A Prometheus that scrapes a server each second. */
export class Prometheus implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #folder: string;
  readonly #url: string;

  private constructor(process: Deno.ChildProcess, folder: string, url: string) {
    this.#process = process;
    this.#folder = folder;
    this.#url = url;
  }

  /** Resolves when it answers queries. `target` is a host and a port. */
  static async start(target: string): Promise<Prometheus> {
    const folder = await Deno.makeTempDir({ prefix: "lido-prometheus-" });
    const config = {
      global: { scrape_interval: "1s" },
      scrape_configs: [{
        job_name: "lido",
        static_configs: [{ targets: [target] }],
      }],
    };
    await Deno.writeTextFile(join(folder, "prometheus.yml"), JSON.stringify(config)); // JSON is YAML
    const port = freePort();
    const process = new Deno.Command("prometheus", {
      args: [
        `--config.file=${join(folder, "prometheus.yml")}`,
        `--storage.tsdb.path=${join(folder, "data")}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const prometheus = new Prometheus(process, folder, `http://127.0.0.1:${port}`);
    await until("Prometheus answers", async () => {
      try {
        return (await prometheus.query("vector(1)")).length === 1;
      } catch {
        return false;
      }
    });
    return prometheus;
  }

  /** What an expression comes to now; a number is one sample without labels. */
  async query(expression: string): Promise<readonly PromSample[]> {
    const response = await fetch(`${this.#url}/api/v1/query`, {
      method: "POST",
      body: new URLSearchParams({ query: expression }),
    });
    const { status, data, error } = await response.json();
    if (status !== "success") throw new Error(`Cannot query ${expression}: ${error}`);
    return data.result.map((
      { metric, value }: { metric: PromSample["metric"]; value: [number, string] },
    ) => ({
      metric,
      value: Number(value[1]),
    }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#process.status;
    await Deno.remove(this.#folder, { recursive: true });
  }
}

function freePort(): number {
  using listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  return listener.addr.port;
}

async function isThere(): Promise<boolean> {
  try {
    return (await new Deno.Command("promtool", { args: ["--version"] }).output()).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
