/** What the runtime takes as the name of what code may reach: with anything else no child would start. */
import { z } from "zod";

const NAME = /^(\*\.)?[\w-]+(\.[\w-]+)*\.?$/;
const OCTET = String.raw`(25[0-5]|2[0-4]\d|1?\d?\d)`;
const NETWORK = new RegExp(String.raw`^${OCTET}(\.${OCTET}){3}/(3[0-2]|[12]?\d)$`);
const NUMBER_MAX = 0xffff_ffff;
const PORT_MAX = 0xffff;
const OWN_PREFIX = "LIDO_";

/** Whether it is a host, a network, a socket's path or a machine's number; with a port or without. */
export function isHost(text: string): boolean {
  if (text.includes("://")) return false;
  if (text.startsWith("unix:")) return text.startsWith("unix:/");
  if (text.startsWith("vsock:")) return isVsock(text);
  const [, host = "", port = "0"] = /^(.+?)(?::(\d+))?$/.exec(text) ?? [];
  return Number(port) <= PORT_MAX && (NAME.test(host) || NETWORK.test(host) || isAddress6(host));
}

/** Whether a variable is Lido's own, or a pattern such as `L*` means one that is. */
export function isLidosOwn(name: string): boolean {
  return name.startsWith(OWN_PREFIX) ||
    name.endsWith("*") && OWN_PREFIX.startsWith(name.slice(0, -1));
}

/** Of any machine it is -1. */
function isVsock(text: string): boolean {
  const numbers = /^vsock:(-1|\d+):(\d+)$/.exec(text)?.slice(1);
  return numbers !== undefined && numbers.every((number) => Number(number) <= NUMBER_MAX);
}

/** In brackets; a zone after it may have any name. */
function isAddress6(host: string): boolean {
  return z.ipv6().safeParse(/^\[([^\]%]*)(%[^\]]*)?\]$/.exec(host)?.[1]).success;
}
