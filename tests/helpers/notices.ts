import type { AlertNotice } from "../../core/model/alert_notice.ts";

/** An alert that fires, with the given differences. */
export function noticeOf(differences: Partial<AlertNotice> = {}): AlertNotice {
  return {
    id: "0199d7a2-0000-7000-8000-000000000001",
    rule: "Queue too long",
    severity: "critical",
    state: "firing",
    labels: { node: "a" },
    poolName: "reports",
    value: 1_200,
    threshold: 1_000,
    text: "1,200 tasks wait in the pool reports",
    atMs: Date.UTC(2026, 0, 2, 3, 4, 5),
    startedAtMs: Date.UTC(2026, 0, 2, 3, 0, 0),
    ...differences,
  };
}

/** Texts that would mention, link or format somewhere if they were taken for more than texts. */
export const TRICKY_TEXT =
  `<!channel> <@U1> @all <at user_id="all"></at> [x](http://evil.example) **b** \`c\` &lt; 中文`;
