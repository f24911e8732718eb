/** E-mail by SMTP. The library is loaded when the first mail is sent. */
import { connect, isIP, type Socket } from "node:net";
import type { SMTPTransportOptions } from "nodemailer/lib/smtp-transport";
import type { ChannelOf } from "../../../../model/alert_channel.ts";
import type { AlertNotice } from "../../../../model/alert_notice.ts";
import { messageOf } from "../../../../model/errors.ts";
import { DeliveryError } from "../delivery_error.ts";
import { ANSWER_BYTES_MAX } from "../http_post.ts";
import { findAddress, type TargetRules } from "../target.ts";
import { wordsOf } from "./words.ts";

type EmailChannel = ChannelOf<"email">;

/** A mail as the library takes it. Addresses are objects: nothing in them is read as a list. */
export interface Mail {
  readonly from: MailAddress;
  readonly to: MailAddress[];
  readonly subject: string;
  readonly text: string;
  readonly headers: Record<string, string>;
}
/** What the library's errors may tell. */
interface NodeMailError {
  readonly responseCode?: number;
  readonly code?: string;
}
interface MailAddress {
  readonly name: string;
  readonly address: string;
}

/** Makes the mail. */
export function mailOf({ from, to }: EmailChannel, notice: AlertNotice): Mail {
  const { title, lines } = wordsOf(notice);
  return {
    from: { name: "Lido", address: from },
    to: to.map((address) => ({ name: "", address })),
    subject: title,
    text: `${lines.join("\n")}\n`,
    headers: { "Auto-Submitted": "auto-generated" }, // answers of absent people stay away
  };
}

/**
 * Sends the mail, and gives the server's last answer.
 * @throws {DeliveryError} for a target that is not allowed, and what the server refuses for good.
 */
export async function sendMail(
  channel: EmailChannel,
  mail: Mail,
  { rules, signal }: { rules: TargetRules; signal: AbortSignal },
): Promise<string> {
  const address = await findAddress(channel.host, rules);
  const socket = await openSocket(address, channel.port, signal);
  try {
    const { createTransport } = await import("nodemailer");
    const transport = createTransport({ ...transportOptions(channel), connection: socket });
    const { response, rejected } = await transport.sendMail(mail);
    return rejected.length === 0
      ? response
      : `${response} (but refused for ${rejected.length} of ${mail.to.length} recipients)`;
  } catch (error) {
    throw mailError(error);
  } finally {
    socket.destroy();
  }
}

/** The library gets a socket that is open: it looks no name up, and a signal ends all it does. */
async function openSocket(host: string, port: number, signal: AbortSignal): Promise<Socket> {
  signal.throwIfAborted();
  const socket = connect({ host, port });
  signal.addEventListener("abort", () => socket.destroy(), { once: true });
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve).once("error", reject)
      .once("close", () => reject(new Error("The connection was closed")));
  });
  return socket;
}

function transportOptions(
  { host, port, security, user, password }: EmailChannel,
): SMTPTransportOptions {
  return {
    host,
    port,
    secure: security === "tls",
    requireTLS: security === "starttls",
    ignoreTLS: security === "none",
    ...(isIP(host) === 0 ? { tls: { servername: host } } : {}),
    ...(user === undefined ? {} : { auth: { user, pass: password } }),
    maxResponseSize: ANSWER_BYTES_MAX,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/** Answers of 5xx are for good, as is a login that is refused; 4xx and a broken line are not. */
function mailError(error: unknown): DeliveryError {
  const { responseCode, code } = error as NodeMailError; // the library's own fields
  const isFinal = responseCode === undefined ? code === "EAUTH" : responseCode >= 500;
  return new DeliveryError(messageOf(error), { isFinal });
}
