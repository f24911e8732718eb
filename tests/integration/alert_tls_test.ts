/**
 * Channels over TLS, for `lido.example`, whose certificate the authority of the fixtures has signed.
 * A child process sends: which authorities it trusts is settled at its start.
 */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import type { AlertChannel } from "../../core/model/alert_channel.ts";
import { openHttpSink } from "../helpers/http_sink.ts";
import { PROJECT_FOLDER } from "../helpers/import_graph.ts";
import { openSmtpSink } from "../helpers/smtp_sink.ts";

const FOLDER = join(PROJECT_FOLDER, "tests/fixtures/tls");
const CERTIFICATE = {
  cert: await Deno.readTextFile(join(FOLDER, "lido_example.pem")),
  key: await Deno.readTextFile(join(FOLDER, "lido_example_key.pem")),
};
const TRUSTING = { NODE_EXTRA_CA_CERTS: join(FOLDER, "authority.pem") };
const WRONG_NAME = "Hostname/IP does not match certificate's altnames: " +
  "Host: other.example. is not in the cert's altnames: DNS:lido.example";

/** How a test message to each channel went. */
async function sendTests(
  channels: readonly AlertChannel[],
  env: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-net", "--allow-read", "--allow-env", "--allow-sys", "--no-check"]
      .concat(join(FOLDER, "send_tests.ts"), JSON.stringify(channels)),
    env: { ...env },
  }).output();
  const text = new TextDecoder().decode(stdout);
  if (text === "") throw new Error(new TextDecoder().decode(stderr));
  return JSON.parse(text);
}

function emailAt(host: string, port: number): AlertChannel {
  return {
    kind: "email",
    name: "mail",
    host,
    port,
    security: "tls",
    user: "user",
    password: "password",
    from: "lido@example.com",
    to: ["ops@example.com"],
  };
}

Deno.test("Notifier checks certificates by the name of the address, though it connects elsewhere", async () => {
  await using sink = openHttpSink(undefined, CERTIFICATE);
  const channels = ["lido.example", "other.example"].map((host) => ({
    kind: "slack" as const,
    name: host,
    url: `https://${host}:${sink.port}/hook`,
  }));
  deepStrictEqual(await sendTests(channels, TRUSTING), ["HTTP 200", WRONG_NAME]);
  deepStrictEqual(await sendTests(channels.slice(0, 1), {}), [
    "unable to verify the first certificate",
  ]);
  deepStrictEqual(sink.received.map(({ headers, path }) => [headers.get("host"), path]), [
    [`lido.example:${sink.port}`, "/hook"],
  ]);
});

Deno.test("Notifier sends mail and password over TLS to a server with the right certificate only", async () => {
  const listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, ...CERTIFICATE });
  await using sink = openSmtpSink({ listener, extensions: ["AUTH PLAIN"] });
  const channels = ["lido.example", "other.example"].map((host) => emailAt(host, sink.port));
  deepStrictEqual(await sendTests(channels, TRUSTING), ["250 taken", WRONG_NAME]);
  deepStrictEqual(await sendTests(channels.slice(0, 1), {}), [
    "unable to verify the first certificate",
  ]);
  strictEqual(sink.mails.length, 1);
  strictEqual(sink.commands.filter((line) => line.startsWith("AUTH")).length, 1);
});
