/**
 * Whom alerts may be sent to. A channel's address is text that a user wrote, and the server stands
 * where the user may not: so a name is resolved once, each address it has is checked, and the one
 * that was checked is the one that is connected to. No second look-up can lead elsewhere.
 */
import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";
import type { AlertChannel } from "../../../model/alert_channel.ts";
import { LidoError } from "../../../model/errors.ts";
import { DeliveryError } from "./delivery_error.ts";

/** Gives all addresses of a host's name. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/** What decides which targets are allowed. */
export interface TargetRules {
  /** Loopback and private networks, too. */
  readonly allowPrivate: boolean;
  readonly resolve?: Resolve;
}

type Subnet = readonly [network: string, prefix: number];

/** Of one machine or one organisation. */
const PRIVATE = blockList([
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["::1", 128],
  ["fc00::", 7],
]);

/**
 * Never the place of a channel: link-local (where clouds give metadata and credentials), metadata
 * elsewhere, addresses of no host or of many, and IPv6 addresses that carry one of IPv4 in them.
 */
const NEVER = blockList([
  ["0.0.0.0", 8],
  ["100.100.100.200", 32],
  ["168.63.129.16", 32],
  ["169.254.0.0", 16],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
  ["2001::", 32],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
  ["fd00:ec2::254", 128],
]);

/** What is given out to hosts of IPv6. */
const GLOBAL_IPV6 = blockList([["2000::", 3]]);

/**
 * Finds the address to connect to.
 * @throws {DeliveryError} if the host is not found, or any of its addresses is not allowed.
 */
export async function findAddress(host: string, rules: TargetRules): Promise<string> {
  const bare = host.replace(/^\[|\]$/g, ""); // as URLs write IPv6
  const resolve = rules.resolve ?? resolveByName;
  const addresses = isIP(bare) === 0 ? await resolve(bare) : [bare];
  const refused = addresses.find((address) => !isAllowed(address, rules.allowPrivate));
  if (refused !== undefined) throw new DeliveryError(sayRefused(bare, refused), { isFinal: true });
  const [first] = addresses;
  if (first !== undefined) return first;
  throw new DeliveryError(`Cannot find host ${bare}: it has no address`);
}

/**
 * Checks where a channel leads, before it is saved.
 * @throws {LidoError} `invalid_input`, with the field.
 */
export async function checkTarget(channel: AlertChannel, rules: TargetRules): Promise<void> {
  const [field, host] = channel.kind === "email"
    ? ["host", channel.host]
    : ["url", new URL(channel.url).hostname];
  try {
    await findAddress(host, rules);
  } catch (error) {
    if (!(error instanceof DeliveryError)) throw error;
    const faults = [{ path: [field], message: error.message }];
    throw new LidoError("invalid_input", `Cannot save channel: ${error.message}`, { faults });
  }
}

async function resolveByName(host: string): Promise<readonly string[]> {
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown"; // what node:dns throws
    throw new DeliveryError(`Cannot find host ${host}: ${code}`);
  }
}

function isAllowed(address: string, allowPrivate: boolean): boolean {
  const family = isIP(address) === 6 ? "ipv6" : "ipv4";
  // Lists of IPv4 hold for addresses of IPv6 that are mapped from it, too.
  if (NEVER.check(address, family)) return false;
  if (PRIVATE.check(address, family)) return allowPrivate;
  return family === "ipv4" || GLOBAL_IPV6.check(address, family);
}

function sayRefused(host: string, address: string): string {
  const where = host === address ? address : `${host} (${address})`;
  return isAllowed(address, true)
    ? `Cannot send to ${where}: it is a private address, and alerts.allow_private_targets is off`
    : `Cannot send to ${where}: alerts are never sent to such an address`;
}

function blockList(subnets: readonly Subnet[]): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of subnets) {
    list.addSubnet(network, prefix, network.includes(":") ? "ipv6" : "ipv4");
  }
  return list;
}
