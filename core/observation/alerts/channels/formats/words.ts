/** A notice in words, for people: lines of plain text, which each format makes harmless in its way. */
import type { AlertNotice } from "../../../../model/alert_notice.ts";

/** A notice as lines, none of which has a line end in it. */
export interface NoticeWords {
  /** The first word may be what a robot's security settings ask for. */
  readonly title: string;
  readonly lines: readonly string[];
}

const LINE_CHARS_MAX = 500;
const TITLE_CHARS_MAX = 120;
const STATES = { firing: "Firing", recovered: "Recovered", test: "Test" } as const;

/** Puts a notice into words. */
export function wordsOf(notice: AlertNotice): NoticeWords {
  const { rule, severity, state, labels, poolName, value, threshold, text } = notice;
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  const lines = [
    text,
    `Severity: ${severity}`,
    ...(poolName === null ? [] : [`Pool: ${poolName}`]),
    ...(value === null ? [] : [`Value: ${value}`]),
    ...(threshold === null ? [] : [`Threshold: ${threshold}`]),
    ...(pairs.length === 0 ? [] : [`Labels: ${pairs.join(", ")}`]),
    `Since: ${new Date(notice.startedAtMs).toISOString()}`,
    `At: ${new Date(notice.atMs).toISOString()}`,
  ];
  return {
    title: toLine(`Lido ${STATES[state]}: ${rule}`, TITLE_CHARS_MAX),
    lines: lines.map((line) => toLine(line, LINE_CHARS_MAX)),
  };
}

/** Control characters, line ends, and marks that turn the direction of text. */
const NOT_IN_LINES = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;

function toLine(text: string, charsMax: number): string {
  const line = text.replace(NOT_IN_LINES, " ").trim();
  if (line.length <= charsMax) return line;
  // A character that the cut goes through is left out.
  return `${line.slice(0, charsMax - 1).replace(/\p{Cs}$/u, "")}…`;
}
