/** What is asked before something is done to a whole pool, or something is ended. */
import type { Child } from "hono/jsx";
import { useLanguage } from "../context.ts";
import { Confirm, DialogForm } from "../parts/dialog_form.tsx";
import { type FieldModel, Fields } from "../parts/fields.tsx";

/** Changes how many threads there may be. */
export function ResizeQuestion(
  { id, name, advice, fields, hasFaults = false }: {
    readonly id: string;
    readonly name: string;
    readonly advice: { readonly size: number; readonly reason: string };
    readonly fields: readonly FieldModel[];
    readonly hasFaults?: boolean;
  },
): Child {
  const l = useLanguage();
  const { t } = l;
  return (
    <DialogForm
      id="resize"
      title={t.pool.resizeTitle(name)}
      action={`/pools/${id}/resize`}
      submit={t.action.save}
      back={`/pools/${id}`}
      hasFaults={hasFaults}
    >
      <p class="advice">
        <strong>{t.pool.useAdvice(l.number(advice.size))}</strong>
        <span>{advice.reason}</span>
      </p>
      <Fields fields={fields} />
    </DialogForm>
  );
}

/** Ends something, or withdraws tasks; a pool's name is typed where much would be lost. */
export function EndQuestion(
  { action, title, text, submit, back, name, mustType, fault = null }: {
    readonly action: string;
    readonly title: string;
    readonly text: string;
    readonly submit: string;
    readonly back: string;
    readonly name: string;
    readonly mustType: boolean;
    readonly fault?: string | null;
  },
): Child {
  const { t } = useLanguage();
  return (
    <DialogForm id="question" title={title} action={action} submit={submit} back={back} isDanger>
      <p>{text}</p>
      <Confirm label={t.pool.typeName(name)} expected={mustType ? name : null} fault={fault} />
    </DialogForm>
  );
}
