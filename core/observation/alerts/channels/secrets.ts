/** What must not stand in a log of deliveries, and how it is kept out of it. */
import { Buffer } from "node:buffer";
import type { AlertChannel } from "../../../model/alert_channel.ts";

const HIDDEN = "•••";
/** Shorter parts of an address are words such as `send`, and no secrets. */
const PART_CHARS_MIN = 6;
const SENTENCE_CHARS_MAX = 300;

/** A sentence in one line, bounded, without the channel's secrets, whoever put them in it. */
export function sayWithoutSecrets(sentence: string, channel: AlertChannel): string {
  const secrets = secretsOf(channel).sort((a, b) => b.length - a.length);
  const hidden = secrets.reduce((text, secret) => text.replaceAll(secret, HIDDEN), sentence);
  // A secret that the cut goes through is hidden before it.
  return hidden.replace(/[\p{C}\p{Z}]+/gu, " ").slice(0, SENTENCE_CHARS_MAX);
}

function secretsOf(channel: AlertChannel): string[] {
  const secrets = channel.kind === "email"
    ? passwordForms(channel.user ?? "", channel.password ?? "")
    : [...addressParts(channel.url), ...("secret" in channel ? [channel.secret ?? ""] : [])];
  return secrets.filter((secret) => secret !== "");
}

/** As it is, and as it goes over the line. */
function passwordForms(user: string, password: string): string[] {
  if (password === "") return [];
  return [password, base64(password), base64(`\0${user}\0${password}`)];
}

/** All of a robot's address but its host lets whoever has it post. */
function addressParts(address: string): string[] {
  const url = new URL(address);
  const parts = [...url.pathname.split("/"), ...url.searchParams.values()]
    .filter((part) => part.length >= PART_CHARS_MIN);
  return [address, url.href, ...parts, ...parts.map(encodeURIComponent)];
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
