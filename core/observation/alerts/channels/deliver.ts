/** Delivers one notice once, by the channel's kind. */
import type { AlertChannel } from "../../../model/alert_channel.ts";
import type { AlertNotice } from "../../../model/alert_notice.ts";
import { dingtalkPost } from "./formats/dingtalk.ts";
import { mailOf, sendMail } from "./formats/email.ts";
import { feishuPost } from "./formats/feishu.ts";
import { checkRobotAnswer } from "./formats/robot_answer.ts";
import { slackPost } from "./formats/slack.ts";
import { webhookPost } from "./formats/webhook.ts";
import { wecomPost } from "./formats/wecom.ts";
import { type Post, post } from "./http_post.ts";
import type { TargetRules } from "./target.ts";

/** What a try has to keep to. */
export interface TryOptions {
  readonly rules: TargetRules;
  /** The time of this try, which signatures hold. */
  readonly nowMs: number;
  readonly signal: AbortSignal;
}

/**
 * Delivers, and says how it was answered.
 * @throws {DeliveryError} if it was refused; any other error is the network's.
 */
export async function deliver(
  channel: AlertChannel,
  notice: AlertNotice,
  options: TryOptions,
): Promise<string> {
  const { rules, nowMs, signal } = options;
  switch (channel.kind) {
    case "webhook":
      return await postToProgram(webhookPost(channel, notice, nowMs), options);
    case "slack":
      return await postToProgram(slackPost(channel, notice), options);
    case "dingtalk":
      return await postToRobot(dingtalkPost(channel, notice, nowMs), options);
    case "feishu":
      return await postToRobot(feishuPost(channel, notice, nowMs), options);
    case "wecom":
      return await postToRobot(wecomPost(channel, notice), options);
    case "email":
      return await sendMail(channel, mailOf(channel, notice), { rules, signal });
  }
}

/** Who answers with a status alone. */
async function postToProgram(message: Post, { rules, signal }: TryOptions): Promise<string> {
  const { status } = await post(message, rules, signal);
  return `HTTP ${status}`;
}

async function postToRobot(message: Post, { rules, signal }: TryOptions): Promise<string> {
  const answer = await post(message, rules, signal);
  checkRobotAnswer(answer);
  return `HTTP ${answer.status}`;
}
