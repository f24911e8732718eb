import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { DeliveryError } from "../../../../../../core/observation/alerts/channels/delivery_error.ts";
import {
  checkTarget,
  findAddress,
} from "../../../../../../core/observation/alerts/channels/target.ts";
import type { AlertChannel } from "../../../../../../core/model/alert_channel.ts";
import { LidoError } from "../../../../../../core/model/errors.ts";

/** As an URL gives its host. */
const hostOf = (url: string) => new URL(url).hostname;

const PRIVATE_HOSTS = [
  ..."http://127.0.0.1 http://2130706433 http://0x7f.1 http://0177.1 http://127.1".split(" "),
  ..."http://[::1] http://[::ffff:127.0.0.1] http://[fd12::1] http://192.168.1.1".split(" "),
  ..."http://10.1.2.3 http://172.31.255.255 http://100.64.0.1 http://198.18.0.1".split(" "),
].map(hostOf);

const FORBIDDEN_HOSTS = [
  ..."http://169.254.169.254 http://[fe80::1] http://[::ffff:169.254.169.254]".split(" "),
  ..."http://0.0.0.0 http://[::] http://224.0.0.1 http://255.255.255.255 http://[ff02::1]".split(
    " ",
  ),
  ..."http://[64:ff9b::a9fe:a9fe] http://[2002:7f00:1::] http://[::7f00:1] http://[fec0::1]".split(
    " ",
  ),
  ..."http://[fd00:ec2::254] http://100.100.100.200 http://168.63.129.16 http://192.0.0.192".split(
    " ",
  ),
].map(hostOf);

async function isFound(host: string, allowPrivate: boolean): Promise<boolean> {
  try {
    await findAddress(host, { allowPrivate });
    return true;
  } catch (error) {
    if (error instanceof DeliveryError && error.isFinal) return false;
    throw error;
  }
}

Deno.test("findAddress() refuses private addresses in every form, unless they are allowed", async () => {
  for (const host of PRIVATE_HOSTS) {
    deepStrictEqual([host, await isFound(host, false)], [host, false]);
    deepStrictEqual([host, await isFound(host, true)], [host, true]);
  }
});

Deno.test("findAddress() refuses metadata, link-local and embedded addresses always", async () => {
  for (const host of FORBIDDEN_HOSTS) {
    deepStrictEqual([host, await isFound(host, true)], [host, false]);
  }
});

Deno.test("findAddress() finds public addresses, and those next to private ones", async () => {
  const hosts = ["8.8.8.8", "172.32.0.1", "11.0.0.1", "[2606:4700::1111]"];
  deepStrictEqual(await Promise.all(hosts.map((host) => findAddress(host, PUBLIC_ONLY))), [
    "8.8.8.8",
    "172.32.0.1",
    "11.0.0.1",
    "2606:4700::1111",
  ]);
});

const PUBLIC_ONLY = { allowPrivate: false };

Deno.test("findAddress() refuses a name if any of its addresses is refused", async () => {
  const resolve = () => Promise.resolve(["8.8.8.8", "127.0.0.1"]);
  await rejects(findAddress("two.example", { ...PUBLIC_ONLY, resolve }), {
    message: "Cannot send to two.example (127.0.0.1): it is a private address, " +
      "and alerts.allow_private_targets is off",
  });
});

Deno.test("findAddress() refuses localhost by its real look-up", async () => {
  strictEqual(await isFound("localhost", false), false);
});

const CHANNELS: readonly (readonly [AlertChannel, string])[] = [
  [{ kind: "slack", name: "a", url: "http://169.254.169.254/latest" }, "url"],
  [{
    kind: "email",
    name: "a",
    host: "127.0.0.1",
    port: 25,
    security: "none",
    from: "a@example.com",
    to: ["b@example.com"],
  }, "host"],
];

Deno.test("checkTarget() names the field that leads to a refused address", async () => {
  for (const [channel, field] of CHANNELS) {
    await rejects(checkTarget(channel, PUBLIC_ONLY), (error) => {
      const { code, details } = error as LidoError;
      deepStrictEqual([error instanceof LidoError, code, details.faults?.[0]?.path], [
        true,
        "invalid_input",
        [field],
      ]);
      return true;
    });
  }
});

Deno.test("checkTarget() is content with a public target", async () => {
  const resolve = () => Promise.resolve(["8.8.8.8"]);
  const channel = { kind: "slack", name: "a", url: "https://hooks.example/x" } as const;
  strictEqual(await checkTarget(channel, { ...PUBLIC_ONLY, resolve }), undefined);
});
