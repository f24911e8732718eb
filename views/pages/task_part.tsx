/** The parts of a task's page: what it came to, what it was given, what it logged and what happened. */
import type { Child } from "hono/jsx";
import type { AttemptEntry, LogEntry, TaskEventEntry } from "../../core/mod.ts";
import { useLanguage } from "../context.ts";
import { JsonText, type LongText } from "../parts/json_text.tsx";
import { Duration, Time } from "../parts/time.tsx";

/** The parts of the page, as the address names them. */
export const TASK_TABS = ["result", "input", "logs", "attempts", "events", "raw"] as const;
/** One of {@link TASK_TABS}. */
export type TaskTab = typeof TASK_TABS[number];

/** What one part of the page shows. */
export type TaskPart =
  | {
    readonly tab: "result";
    readonly result: LongText | null;
    readonly failure: {
      readonly code: string;
      readonly name: string;
      readonly message: LongText;
      readonly stack: LongText | null;
    } | null;
    readonly cause: string | null;
  }
  | { readonly tab: "input"; readonly input: LongText | null }
  | {
    readonly tab: "logs";
    /** How many there are; the newest of them are shown. */
    readonly count: number;
    /** How many are kept of one attempt, its first ones. */
    readonly attemptMax: number;
    readonly lines: readonly (LogEntry & {
      /** Its place among all, from 1. */
      readonly number: number;
      /** The attempt is told where it is another than before; where it is the first, nowhere. */
      readonly isOfNextAttempt: boolean;
    })[];
  }
  | {
    readonly tab: "attempts";
    readonly attempts: readonly AttemptEntry[];
  }
  | { readonly tab: "events"; readonly events: readonly TaskEventEntry[] }
  | {
    readonly tab: "raw";
    readonly raw: LongText;
    readonly curl: string;
    readonly command: string;
  };

/** Shows one part of the task with this id. */
export function TaskPartView(
  { part, id }: { readonly part: TaskPart; readonly id: string },
): Child {
  const l = useLanguage();
  const { t } = l;
  const whole = `/api/tasks/${id}`;
  switch (part.tab) {
    case "result":
      return (
        <div class="card-body">
          {part.failure && (
            <>
              <h3 class="failure">
                <bdi>{part.failure.name}</bdi>
                <code>{part.failure.code}</code>
              </h3>
              <JsonText
                id="message"
                label={t.task.error}
                value={part.failure.message}
                wholeHref={whole}
              />
              {part.failure.stack && (
                <details class="fold">
                  <summary>{t.task.stack}</summary>
                  <JsonText
                    id="stack"
                    label={t.task.stack}
                    value={part.failure.stack}
                    wholeHref={whole}
                  />
                </details>
              )}
            </>
          )}
          {part.cause && <p class="quiet">{part.cause}</p>}
          {part.result && (
            <JsonText id="result" label={t.task.result} value={part.result} wholeHref={whole} />
          )}
          {!part.failure && !part.cause && !part.result && <p class="quiet">{t.task.noResult}</p>}
        </div>
      );
    case "input":
      return (
        <div class="card-body">
          {part.input
            ? <JsonText id="input" label={t.task.input} value={part.input} wholeHref={whole} />
            : <p class="quiet">{t.task.noInput}</p>}
        </div>
      );
    case "logs":
      return <Logs part={part} href={`${whole}/logs`} />;
    case "attempts":
      return part.attempts.length === 0
        ? <p class="card-body quiet">{t.task.noAttempts}</p>
        : (
          <div class="table-responsive" tabindex={0} role="group" aria-label={t.task.attempts}>
            <table class="table card-table">
              <thead>
                <tr>
                  <th scope="col" class="num">{t.task.number}</th>
                  <th scope="col">{t.task.what}</th>
                  <th scope="col" class="num">{t.tasks.slot}</th>
                  <th scope="col">{t.task.when}</th>
                  <th scope="col" class="num">{t.tasks.run}</th>
                  <th scope="col">{t.task.cause}</th>
                </tr>
              </thead>
              <tbody>
                {part.attempts.map((one) => (
                  <tr>
                    <td class="num">{l.number(one.number)}</td>
                    <td>{t.task.outcome[one.outcome]}</td>
                    <td class="num">{one.slot === null ? "–" : l.number(one.slot)}</td>
                    <td>
                      <Time atMs={one.startedAtMs ?? one.finishedAtMs} />
                    </td>
                    <td class="num">
                      <Duration ms={one.runMs} />
                    </td>
                    <td class="long">
                      <bdi>{one.message ?? ""}</bdi>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        );
    case "events":
      return (
        <ol class="events">
          {part.events.map(({ atMs, event, attempt, cause }) => (
            <li>
              <strong>{t.task.event[event]}</strong>
              <Time atMs={atMs} />
              <small>
                {t.tasks.attempt} {l.number(attempt)}
              </small>
              {cause && <bdi>{cause}</bdi>}
            </li>
          ))}
        </ol>
      );
    case "raw":
      return (
        <div class="card-body">
          <JsonText id="raw" label={t.task.raw} value={part.raw} wholeHref={whole} />
          <h3 class="facts-head">{t.task.asCurl}</h3>
          <JsonText id="curl" label={t.task.asCurl} value={{ text: part.curl, wholeChars: null }} />
          <h3 class="facts-head">{t.task.asCommand}</h3>
          <JsonText
            id="command"
            label={t.task.asCommand}
            value={{ text: part.command, wholeChars: null }}
          />
        </div>
      );
  }
}

/** Each line has an id: a swap leaves what is read where it is, when the first line goes. */
function Logs(
  { part, href }: { readonly part: Extract<TaskPart, { tab: "logs" }>; readonly href: string },
): Child {
  const l = useLanguage();
  const { t } = l;
  if (part.count === 0) return <p class="card-body quiet">{t.task.noLogs}</p>;
  const count = l.number(part.count);
  return (
    <>
      <ol class="logs" tabindex={0} aria-label={t.task.logs} data-follow>
        {part.lines.map(({ number, atMs, level, text, attempt, isOfNextAttempt }) => (
          <>
            {isOfNextAttempt && (
              <li class="attempt" id={`attempt-${attempt}`}>
                {`${t.tasks.attempt} ${l.number(attempt)}`}
              </li>
            )}
            <li class={level} id={`line-${number}`}>
              <time datetime={new Date(atMs).toISOString()} title={l.time(atMs)}>
                {new Date(atMs).toISOString().slice(11, 23)}
              </time>
              <span class="level">{level}</span>
              <bdi>{text}</bdi>
            </li>
          </>
        ))}
      </ol>
      <p class="logs-foot form-hint">
        <span>
          {part.lines.length < part.count
            ? t.task.newestLines(l.number(part.lines.length), count)
            : t.task.allLines(count)}
        </span>
        <span>{t.task.linesKept(l.number(part.attemptMax))}</span>
        <span>{t.time.areUtc}</span>
        <a href={href}>{t.task.wholeJson}</a>
      </p>
    </>
  );
}
