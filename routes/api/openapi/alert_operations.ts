/** What can be asked of alerts and of their rules. */
import { z } from "zod";
import { ALERT_LISTS } from "../alerts.ts";
import {
  Acknowledgement,
  ALERT_RULE_FIELDS,
  AlertRuleBody,
  Silence,
  SILENCE_FIELDS,
} from "../bodies.ts";
import { Alert, AlertRule } from "./answers.ts";
import type { Operation } from "./operation.ts";

const RULE = { status: 200, description: "The rule", data: AlertRule };
const WRITES = ["journal_unavailable", "server_closing"] as const;

/** See the head of this file. */
export const ALERT_OPERATIONS: readonly Operation[] = [
  {
    id: "listAlerts",
    method: "get",
    path: "/api/alerts",
    tag: "Alerts",
    summary: "Lists the alerts that fire, or all that are on record, newest first",
    parameters: {
      state: {
        schema: z.enum(ALERT_LISTS).optional(),
        description: "firing, which it is if left out: all of them at once; or all, in pages",
      },
      per_page: { schema: z.int().optional(), description: "Of all: at most 100; 10 if left out" },
      cursor: { schema: z.string().optional(), description: "Of all: where a page ended" },
    },
    answers: [{
      status: 200,
      description: "The alerts",
      data: z.array(Alert),
      beside: { pagination: z.strictObject({ next_cursor: z.string().nullable() }) },
    }],
    errors: ["cursor_invalid", "journal_unavailable", "journal_corrupt"],
  },
  {
    id: "acknowledgeAlert",
    method: "post",
    path: "/api/alerts/{alert_id}/acknowledge",
    tag: "Alerts",
    summary: "Says that somebody sees to an alert that fires",
    body: { schema: Acknowledgement, example: { by: "ada" }, isOptional: true },
    answers: [{ status: 200, description: "The alert", data: Alert }],
    errors: ["alert_not_found", "server_closing"],
  },
  {
    id: "listAlertRules",
    method: "get",
    path: "/api/alerts/rules",
    tag: "Alerts",
    summary: "Lists all rules: Lido's own, and those that were made",
    answers: [{ status: 200, description: "The rules", data: z.array(AlertRule) }],
    errors: [],
  },
  {
    id: "getAlertRule",
    method: "get",
    path: "/api/alerts/rules/{rule_name}",
    tag: "Alerts",
    summary: "Shows a rule",
    answers: [RULE],
    errors: ["alert_rule_not_found"],
  },
  {
    id: "saveAlertRule",
    method: "put",
    path: "/api/alerts/rules/{rule_name}",
    tag: "Alerts",
    summary: "Changes a rule, or makes one: what is left out stays as it is",
    body: {
      schema: AlertRuleBody,
      names: ALERT_RULE_FIELDS,
      example: { metric: "lido_tasks", labels: { state: "pending" }, threshold: 500 },
    },
    answers: [RULE],
    errors: ["alert_rule_limit_reached", ...WRITES],
  },
  {
    id: "removeAlertRule",
    method: "delete",
    path: "/api/alerts/rules/{rule_name}",
    tag: "Alerts",
    summary: "Removes a rule; one of Lido's own is again as Lido has it",
    answers: [{ status: 200, description: "Its name", data: z.strictObject({ name: z.string() }) }],
    errors: ["alert_rule_not_found", ...WRITES],
  },
  {
    id: "silenceAlertRule",
    method: "post",
    path: "/api/alerts/rules/{rule_name}/silence",
    tag: "Alerts",
    summary: "Tells no channel of a rule's alerts for a while",
    body: { schema: Silence, names: SILENCE_FIELDS, example: { for_ms: 3_600_000 } },
    answers: [RULE],
    errors: ["alert_rule_not_found", ...WRITES],
  },
];
