/** An operation on many tasks: the question before it, and how far it is. */
import type { Child } from "hono/jsx";
import type { BulkAction, BulkResult, BulkSnapshot, TaskState } from "../../core/mod.ts";
import { useLanguage } from "../context.ts";
import { Confirm, DialogForm } from "../parts/dialog_form.tsx";
import { type FieldModel, Fields } from "../parts/fields.tsx";
import { PageHead } from "../parts/page_head.tsx";

/** The question. */
export interface BulkPreviewModel {
  readonly action: BulkAction;
  /** What is changed, where that is the action. */
  readonly fields: readonly FieldModel[];
  readonly hasFaults: boolean;
  readonly count: number;
  readonly isCountExact: boolean;
  /** The filter whose tasks are meant; null: those that were selected. */
  readonly query: string | null;
  readonly ids: readonly string[];
  /** What must be typed; null: nothing. */
  readonly expected: string | null;
  readonly fault: string | null;
  readonly back: string;
}

/** See {@link BulkPreviewModel}. */
export function BulkPreview({ model }: { readonly model: BulkPreviewModel }): Child {
  const l = useLanguage();
  const { t } = l;
  const count = model.isCountExact ? l.number(model.count) : `> ${l.number(model.count)}`;
  if (model.count === 0) {
    return (
      <div class="card dialog-card">
        <div class="card-body">
          <h2 class="card-title" id="dialog-title">{t.bulk.title}</h2>
          <p>{t.bulk.nothing}</p>
        </div>
        <div class="card-footer">
          <a class="btn" href={model.back} data-close>{t.action.close}</a>
        </div>
      </div>
    );
  }
  return (
    <DialogForm
      id="bulk-form"
      title={t.bulk.previewTitle(t.bulk[model.action], count)}
      action="/tasks/bulk"
      submit={t.bulk.go(t.bulk[model.action], count)}
      back={model.back}
      isDanger={model.action === "cancel" || model.action === "stop"}
      hasFaults={model.hasFaults}
    >
      <input type="hidden" name="action" value={model.action} />
      {model.query === null
        ? model.ids.map((id) => <input type="hidden" name="id" value={id} />)
        : (
          <>
            <input type="hidden" name="all" value="1" />
            <input type="hidden" name="q" value={model.query} />
          </>
        )}
      <p>
        {model.query === null
          ? t.bulk.selectedText
          : t.bulk.matchingText(model.query === "" ? t.bulk.everything : model.query)}
      </p>
      {model.fields.length > 0 && (
        <div class="field-grid">
          <Fields fields={model.fields} />
        </div>
      )}
      <p class="text-secondary">{t.bulk.skipText}</p>
      <Confirm
        label={t.bulk.typeCount(model.expected ?? "")}
        expected={model.expected}
        fault={model.fault}
      />
    </DialogForm>
  );
}

/** How far an operation is. */
export function BulkPage({ model }: { readonly model: BulkSnapshot }): Child {
  const l = useLanguage();
  const { t } = l;
  const state = { running: t.bulk.running, finished: t.bulk.finished, cancelled: t.bulk.cancelled };
  return (
    <>
      <PageHead
        title={`${t.bulk.title}: ${t.bulk[model.action]}`}
        back={{ href: "/tasks", text: t.bulk.backToTasks }}
      >
        {model.state === "running" && (
          <form
            method="post"
            action={`/tasks/bulk/${model.id}/end`}
            hx-post={`/tasks/bulk/${model.id}/end`}
            hx-swap="none"
          >
            <input type="hidden" name="back" value={`/tasks/bulk/${model.id}`} />
            <button type="submit" class="btn btn-sm">{t.bulk.end}</button>
          </form>
        )}
      </PageHead>
      <section class="card">
        <div class="card-body">
          <p role="status">
            <strong>{state[model.state]}</strong> ·{" "}
            {t.bulk.progress(l.number(model.done), l.number(model.total))}
          </p>
          <progress
            class="gauge"
            value={String(model.done)}
            max={String(Math.max(1, model.total))}
            aria-label={t.bulk.title}
          />
          <dl class="numbers">
            {([
              [t.bulk.succeeded, model.succeeded],
              [t.bulk.skipped, model.skipped],
              [t.bulk.failed, model.failed],
            ] as const).map(([label, count]) => (
              <div class="number">
                <dt>{label}</dt>
                <dd>{l.number(count)}</dd>
              </div>
            ))}
          </dl>
        </div>
      </section>
      <section class="card table-responsive" tabindex={0} aria-label={t.bulk.results}>
        <table class="table card-table">
          <thead>
            <tr>
              <th scope="col">{t.tasks.task}</th>
              <th scope="col">{t.bulk.result}</th>
            </tr>
          </thead>
          <tbody>
            {model.results.map(({ id, isOk, text }) => (
              <tr>
                <td>
                  <a class="mono" href={`/tasks/${id}`}>{id}</a>
                </td>
                <td class={isOk ? undefined : "was"}>
                  <ResultText isOk={isOk} text={text} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}

/** The state that a task came to, the id of a new one, or why nothing was done. */
function ResultText({ isOk, text }: Pick<BulkResult, "isOk" | "text">): Child {
  const { t } = useLanguage();
  if (!isOk) return <span lang="en">{text}</span>;
  const isState = Object.hasOwn(t.state, text);
  return isState
    ? <>{t.state[text as TaskState]}</> // looked up
    : <code class="id">{text}</code>;
}
