/** One task: where it stands, why, and all that is known of it. */
import type { Child } from "hono/jsx";
import { useLanguage } from "../context.ts";
import { Act, Ask } from "../parts/act.tsx";
import { StateBadge } from "../parts/badge.tsx";
import { Facts } from "../parts/facts.tsx";
import { Icon } from "../parts/icon.tsx";
import { PageHead } from "../parts/page_head.tsx";
import { Tabs } from "../parts/tabs.tsx";
import { Duration, Time } from "../parts/time.tsx";
import { TASK_TABS, type TaskPart, TaskPartView } from "./task_part.tsx";
import type { TaskRowModel } from "./task_table.tsx";

/** What the page shows: what a row of the list has, and more. */
export interface TaskModel extends Omit<TaskRowModel, "act"> {
  readonly isTypeKnown: boolean;
  readonly runTimeoutMs: number | null;
  readonly codeVersion: string | null;
  /** Null when it is part of none. */
  readonly traceId: string | null;
  /** One sentence; null when it waits for nothing. */
  readonly why: string | null;
  readonly stopRequestedAtMs: number | null;
  readonly metrics: readonly (readonly [string, number])[];
  readonly lateErrors: readonly { readonly atMs: number; readonly message: string }[];
  readonly path: string;
  readonly part: TaskPart;
  /** The last ended tasks of the type, oldest first. */
  readonly recent: readonly {
    readonly runMs: number;
    readonly isBad: boolean;
  }[];
}

/** All that is swapped of the page. */
export function TaskPage({ model }: { readonly model: TaskModel }): Child {
  const l = useLanguage();
  const { t } = l;
  const href = `/tasks/${model.id}`;
  return (
    <>
      <PageHead title={model.name} back={{ href: "/tasks", text: t.tasks.title }}>
        <StateBadge state={model.state} />
        <TaskActs model={model} />
      </PageHead>
      {model.why && (
        <p class="alert-line">
          <Icon name="hourglass" />
          <span>
            <strong>{t.task.why}:</strong> {model.why}
          </span>
        </p>
      )}
      {model.stopRequestedAtMs !== null && (
        <p class="alert-line">
          <Icon name="player-stop" />
          {t.task.askedToStop(l.duration(Math.max(0, l.nowMs - model.stopRequestedAtMs)))}
        </p>
      )}
      {model.state === "zombie" && <p class="alert-line critical">{t.task.zombie}</p>}
      {!model.isTypeKnown && <p class="alert-line">{t.task.typeGone}</p>}
      <div class="columns task-columns">
        <div class="stack">
          <Timeline model={model} />
          <section>
            <Tabs
              label={t.task.parts}
              current={model.part.tab}
              tabs={TASK_TABS.map((name) => ({
                name,
                href: name === "result" ? href : `${href}?tab=${name}`,
                text: t.task[name],
              }))}
            />
            <div class="card">
              <TaskPartView part={model.part} id={model.id} />
            </div>
          </section>
        </div>
        <div class="stack">
          <section class="card">
            <div class="card-header">
              <h2 class="card-title">{t.task.facts}</h2>
            </div>
            <div class="card-body">
              <TaskFacts model={model} />
            </div>
          </section>
          <Recent model={model} />
        </div>
      </div>
    </>
  );
}

function TaskActs({ model }: { readonly model: TaskModel }): Child {
  const { t } = useLanguage();
  const href = `/tasks/${model.id}`;
  const ending = { object: model.name, isDanger: true, hotkey: "Shift+S" };
  switch (model.state) {
    case "blocked":
    case "scheduled":
    case "pending":
      return (
        <>
          {model.state === "pending" && (
            <Ask
              href={`${href}/change`}
              icon="adjustments"
              label={t.task.change}
              object={model.name}
              hotkey="e"
            />
          )}
          <Ask {...ending} href={`${href}/cancel`} icon="x" label={t.action.cancel} />
        </>
      );
    case "running":
      return <Ask {...ending} href={`${href}/stop`} icon="player-stop" label={t.action.stop} />;
    case "stopping":
      return (
        <Ask
          {...ending}
          href={`${href}/stop?grace_ms=0`}
          icon="player-stop"
          label={t.task.stopHard}
        />
      );
    case "zombie":
      return null; // nothing that the server does would end it
    default:
      return (
        <>
          {model.isTypeKnown && (
            <>
              <Act
                action={`${href}/again`}
                icon="refresh"
                label={t.action.runAgain}
                object={model.name}
                back={model.path}
                hotkey="Shift+R"
              />
              <a class="btn btn-sm" href={`/submit?from=${model.id}`} data-hotkey="e">
                {t.action.edit}
              </a>
            </>
          )}
        </>
      );
  }
}

function Timeline({ model }: { readonly model: TaskModel }): Child {
  const l = useLanguage();
  const { t } = l;
  const whole = Math.max(1, model.waitMs + (model.runMs ?? 0));
  const isOver = model.finishedAtMs !== null;
  return (
    <section class="card timeline">
      <div class="card-header">
        <h2 class="card-title">{t.task.timeline}</h2>
      </div>
      <div class="card-body">
        <svg
          class="timeline-bar"
          viewBox="0 0 1000 12"
          preserveAspectRatio="none"
          aria-hidden="true"
        >
          <rect
            class="wait"
            x="0"
            y="0"
            width={String(Math.round(model.waitMs / whole * 1000))}
            height="12"
          />
          {model.runMs !== null && (
            <rect
              class={`run ${model.state}`}
              x={String(Math.round(model.waitMs / whole * 1000))}
              y="0"
              width={String(Math.max(4, Math.round(model.runMs / whole * 1000)))}
              height="12"
            />
          )}
        </svg>
        <ol class="timeline-steps">
          <li>
            <span>{t.tasks.submitted}</span>
            <Time atMs={model.submittedAtMs} />
          </li>
          <li>
            <span>{t.task.waited}</span>
            <Duration ms={model.waitMs} />
          </li>
          <li>
            <span>{t.task.ran}</span>
            <Duration ms={model.runMs} />
          </li>
          <li>
            <span>{isOver ? t.tasks.finished : t.tasks.state}</span>
            {isOver ? <Time atMs={model.finishedAtMs} /> : <StateBadge state={model.state} />}
          </li>
        </ol>
        {model.progress && (
          <div class="task-progress">
            <progress
              class="gauge"
              value={String(model.progress.done)}
              max={String(model.progress.total)}
              aria-label={t.tasks.progress}
            />
            <span>
              {l.number(model.progress.done)} / {l.number(model.progress.total)}
              {model.progress.note && (
                <>
                  {" · "}
                  <bdi>{model.progress.note}</bdi>
                </>
              )}
            </span>
          </div>
        )}
      </div>
    </section>
  );
}

function TaskFacts({ model }: { readonly model: TaskModel }): Child {
  const l = useLanguage();
  const { t } = l;
  return (
    <>
      <Facts
        facts={[
          [t.task.id, <code class="id">{model.id}</code>],
          [t.tasks.type, <a href={`/types#type-${model.type}`}>{model.type}</a>],
          [
            t.tasks.pool,
            <a href={`/pools/${model.pool.id}`}>
              <bdi>{model.pool.name}</bdi>
            </a>,
          ],
          [t.tasks.priority, l.number(model.priority)],
          [t.tasks.attempt, l.number(model.attempt)],
          [t.tasks.slot, model.slot === null ? <span class="none">–</span> : l.number(model.slot)],
          [
            t.tasks.tags,
            model.tags.length === 0 ? <span class="none">–</span> : (
              <>
                {model.tags.map((tag) => (
                  <span class="tag">
                    <bdi>{tag}</bdi>
                  </span>
                ))}
              </>
            ),
          ],
          [
            t.task.runTimeout,
            model.runTimeoutMs === null ? t.task.noTimeout : l.duration(model.runTimeoutMs),
          ],
          [t.task.codeVersion, <code>{model.codeVersion ?? "–"}</code>],
          ...model.traceId === null ? [] : [[t.task.trace, <code>{model.traceId}</code>] as const],
          ...model.metrics.map(([name, value]) => [name, l.number(value)] as const),
        ]}
      />
      {model.lateErrors.length > 0 && (
        <>
          <h3 class="facts-head">{t.task.lateErrors}</h3>
          <ul class="late">
            {model.lateErrors.map(({ atMs, message }) => (
              <li>
                <Time atMs={atMs} /> <bdi>{message}</bdi>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

function Recent({ model }: { readonly model: TaskModel }): Child {
  const l = useLanguage();
  const { t } = l;
  const max = Math.max(1, ...model.recent.map(({ runMs }) => runMs));
  return (
    <section class="card">
      <div class="card-header">
        <h2 class="card-title">
          <a href={`/tasks?q=type:${model.type}`}>{t.task.recent}</a>
        </h2>
      </div>
      <div class="card-body">
        {model.recent.length === 0
          ? <p class="quiet">{t.task.noRecent}</p>
          : (
            <svg class="bars" viewBox="0 0 240 60" role="img" aria-label={t.task.recent}>
              {model.recent.map(({ runMs, isBad }, index) => {
                const height = Math.max(2, Math.round(runMs / max * 56));
                return (
                  <rect
                    class={isBad ? "bar bad" : "bar"}
                    x={String(index * 4)}
                    y={String(60 - height)}
                    width="3"
                    height={String(height)}
                  >
                    <title>{l.duration(runMs)}</title>
                  </rect>
                );
              })}
            </svg>
          )}
      </div>
    </section>
  );
}
