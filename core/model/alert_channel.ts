/** Where alerts are told: each kind with what sending to it takes. */
import { z } from "zod";
import { GivenName } from "./given_name.ts";

/** Channels of one server. */
export const ALERT_CHANNELS_MAX = 50;
/** People that one channel writes to. */
export const RECIPIENTS_MAX = 20;

const URL_CHARS_MAX = 2_000;
const SECRET_CHARS_MAX = 256;
const HOST_CHARS_MAX = 253;
const ADDRESS_CHARS_MAX = 254;

const name = GivenName.meta({ description: "What the channel is called" });

/** Parsers of addresses drop line ends and tabs silently: none comes as far as them. */
const TargetUrl = z.string().trim().min(1).max(URL_CHARS_MAX)
  .regex(/^[^\p{C}\p{Z}]*$/u, { error: "Invalid URL: must be without spaces and line ends" })
  .superRefine((text, ctx) => {
    const fault = urlFault(text);
    if (fault !== undefined) ctx.addIssue({ code: "custom", message: `Invalid URL: ${fault}` });
  })
  .meta({ description: "http or https; where the messages are posted" });

function urlFault(text: string): string | undefined {
  const url = URL.parse(text);
  if (url === null) return "cannot be read";
  if (!/^https?:$/.test(url.protocol)) return "must begin with http:// or https://";
  if (url.username !== "" || url.password !== "") return "must hold no user name and no password";
  return url.hash === "" ? undefined : "must have no part after #";
}

const OneLine = z.string().min(1).max(SECRET_CHARS_MAX)
  .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, { error: "Invalid: must be one line of text" });

/** As Standard Webhooks have it: 24 to 64 bytes in base64. */
const WEBHOOK_SECRET =
  /^whsec_(?:[A-Za-z0-9+/]{4}){8,20}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4}(?:[A-Za-z0-9+/]{2}==)?)?$/;

const WebhookSecret = z.string().trim().max(SECRET_CHARS_MAX)
  .regex(WEBHOOK_SECRET, { error: "Invalid: must be whsec_ and 24 to 64 bytes in base64" })
  .meta({ description: "Signs each message: whsec_ and 24 to 64 random bytes in base64" });

const RobotSecret = OneLine.optional()
  .meta({ description: "Signs each message, if the robot's security settings ask for it" });

const Address = z.email().max(ADDRESS_CHARS_MAX);

const Email = z.strictObject({
  kind: z.literal("email"),
  name,
  host: z.string().trim().min(1).max(HOST_CHARS_MAX)
    .regex(/^[A-Za-z0-9._:-]*$/, { error: "Invalid: must be a host's name or address" })
    .meta({ description: "The mail server" }),
  port: z.int().min(1).max(65_535),
  security: z.enum(["none", "starttls", "tls"])
    .meta({ description: "tls from the start (port 465), or after starttls (port 587)" }),
  user: OneLine.optional(),
  password: OneLine.optional(),
  from: Address,
  to: z.array(Address).min(1).max(RECIPIENTS_MAX),
}).refine(({ user, password }) => (user === undefined) === (password === undefined), {
  path: ["password"],
  message: "Invalid: user and password come together or not at all",
});

/** See the head of this file. */
export const AlertChannel = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("webhook"), name, url: TargetUrl, secret: WebhookSecret }),
  Email,
  z.strictObject({ kind: z.literal("slack"), name, url: TargetUrl }),
  z.strictObject({ kind: z.literal("dingtalk"), name, url: TargetUrl, secret: RobotSecret }),
  z.strictObject({ kind: z.literal("feishu"), name, url: TargetUrl, secret: RobotSecret }),
  z.strictObject({ kind: z.literal("wecom"), name, url: TargetUrl }),
]).meta({ id: "AlertChannel" });
/** See the head of this file. */
export type AlertChannel = z.infer<typeof AlertChannel>;

/** The channel of one kind. */
export type ChannelOf<Kind extends AlertChannel["kind"]> = Extract<AlertChannel, { kind: Kind }>;
