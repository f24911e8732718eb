import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { z } from "zod";
import { AlertChannel, RECIPIENTS_MAX } from "../../../../core/model/alert_channel.ts";
import { faultsOf } from "../../../../core/model/faults.ts";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const URL_TEXT = "https://example.com/hook?key=1";
const EMAIL = {
  kind: "email",
  name: "mail",
  host: "mail.example.com",
  port: 587,
  security: "starttls",
  from: "lido@example.com",
  to: ["ops@example.com"],
};

/** Where a channel is wrong. */
function faultPlaces(channel: unknown): string[] {
  const parsed = AlertChannel.safeParse(channel);
  return parsed.success ? [] : faultsOf(parsed.error).map(({ path }) => path.join("."));
}

Deno.test("AlertChannel takes each kind with what it needs", () => {
  const channels = [
    { kind: "webhook", name: "a", url: URL_TEXT, secret: SECRET },
    EMAIL,
    { ...EMAIL, user: "u", password: "p", host: "::1", security: "none" },
    { kind: "slack", name: "告警 Ops", url: URL_TEXT },
    { kind: "dingtalk", name: "a", url: URL_TEXT },
    { kind: "dingtalk", name: "a", url: URL_TEXT, secret: "SEC1" },
    { kind: "feishu", name: "a", url: URL_TEXT, secret: "x" },
    { kind: "wecom", name: "a", url: "http://10.0.0.1:8080/x" },
  ];
  for (const channel of channels) deepStrictEqual(AlertChannel.parse(channel), channel);
});

Deno.test("AlertChannel refuses unknown kinds, missing and unknown fields, and names them", () => {
  deepStrictEqual(faultPlaces({ kind: "pager", name: "a", url: URL_TEXT }), ["kind"]);
  deepStrictEqual(faultPlaces({ kind: "slack", name: "a" }), ["url"]);
  deepStrictEqual(faultPlaces({ kind: "slack", name: "a", url: URL_TEXT, secret: "x" }), [
    "secret",
  ]);
  deepStrictEqual(faultPlaces({ ...EMAIL, user: "u" }), ["password"]);
  deepStrictEqual(faultPlaces({ ...EMAIL, password: "p" }), ["password"]);
});

Deno.test("AlertChannel refuses addresses that are no plain http or https, or hold a password", () => {
  const urls = [
    ..."file:///etc/passwd unix:/x ftp://a.example javascript:alert(1) example.com //a.example"
      .split(" "),
    ..."https://u:p@example.com https://u@example.com https://example.com/#a http://".split(" "),
    ...["http://example.com/\r\nX: y", "http://exa\tmple.com", "http://a b.example", "http://a/\0"],
    ...["", `https://example.com/${"x".repeat(2_000)}`],
  ];
  const refused = urls.filter((url) =>
    faultPlaces({ kind: "slack", name: "a", url }).includes("url")
  );
  deepStrictEqual(refused, urls);
});

Deno.test("AlertChannel refuses line ends and control characters in every text", () => {
  for (const bad of ["a\r\nBcc: x@example.com", "a\nb", "a\0b", "a\u2028b", "a\x1b[31m"]) {
    const places = [
      faultPlaces({ kind: "slack", name: bad, url: URL_TEXT }),
      faultPlaces({ kind: "dingtalk", name: "a", url: URL_TEXT, secret: bad }),
      faultPlaces({ ...EMAIL, user: bad, password: bad }),
      faultPlaces({ ...EMAIL, host: bad }),
      faultPlaces({ ...EMAIL, from: bad }),
      faultPlaces({ ...EMAIL, to: [bad] }),
    ];
    deepStrictEqual(places, [["name"], ["secret"], ["user", "password"], ["host"], ["from"], [
      "to.0",
    ]]);
  }
});

Deno.test("AlertChannel refuses addresses of mail that are lists, names or comments", () => {
  const addresses = ["a@example.com, b@example.com", "X <a@example.com>", "a@example.com (b)", "a"];
  deepStrictEqual(addresses.map((from) => faultPlaces({ ...EMAIL, from })), [
    ["from"],
    ["from"],
    ["from"],
    ["from"],
  ]);
});

Deno.test("AlertChannel bounds recipients, ports and lengths", () => {
  const many = Array.from({ length: RECIPIENTS_MAX + 1 }, (_, at) => `a${at}@example.com`);
  deepStrictEqual(faultPlaces({ ...EMAIL, to: many }), ["to"]);
  deepStrictEqual(faultPlaces({ ...EMAIL, to: [] }), ["to"]);
  deepStrictEqual(faultPlaces({ ...EMAIL, port: 70_000 }), ["port"]);
  deepStrictEqual(faultPlaces({ ...EMAIL, host: "x".repeat(254) }), ["host"]);
  deepStrictEqual(faultPlaces({ ...EMAIL, name: "x".repeat(61) }), ["name"]);
});

Deno.test("AlertChannel takes secrets of webhooks with keys of 24 to 64 bytes", () => {
  const isTaken = (bytes: number) => {
    const secret = `whsec_${new Uint8Array(bytes).fill(7).toBase64()}`;
    return faultPlaces({ kind: "webhook", name: "a", url: URL_TEXT, secret }).length === 0;
  };
  const taken = Array.from({ length: 100 }, (_, bytes) => bytes).filter(isTaken);
  deepStrictEqual([taken[0], taken.at(-1), taken.length], [24, 64, 41]);
  const others = ["MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_", "whsec_!", `${SECRET}x`];
  for (const secret of others) {
    deepStrictEqual(faultPlaces({ kind: "webhook", name: "a", url: URL_TEXT, secret }), ["secret"]);
  }
});

Deno.test("AlertChannel can be told as JSON Schema, and its complaints hold no secret", () => {
  const { $defs } = z.toJSONSchema(AlertChannel, { io: "input" });
  strictEqual($defs?.["AlertChannel"]?.oneOf?.length, 6);
  const canary = "canary\n";
  const { error } = AlertChannel.safeParse({
    kind: "webhook",
    name: "a",
    url: `https://u:${canary}@example.com`,
    secret: canary,
  });
  strictEqual(JSON.stringify(error?.issues).includes("canary"), false);
});
