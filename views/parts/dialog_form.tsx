import type { Child, PropsWithChildren } from "hono/jsx";
import { useLanguage } from "../context.ts";

/** A form in a card: in a dialog, or, without scripts, in the middle of a page. */
export interface DialogFormProps {
  readonly id: string;
  readonly title: string;
  readonly action: string;
  readonly submit: string;
  /** Where the form leads when it is left. */
  readonly back: string;
  readonly isDanger?: boolean;
  readonly isWide?: boolean;
  readonly hasFaults?: boolean;
}

/** The card with the form: what was wrong comes back in its place, with what was typed. */
export function DialogForm(
  { id, title, action, submit, back, isDanger, isWide, hasFaults, children }: PropsWithChildren<
    DialogFormProps
  >,
): Child {
  const { t } = useLanguage();
  return (
    <form
      id={id}
      class={isWide ? "card dialog-card wide-card" : "card dialog-card"}
      method="post"
      action={action}
      hx-post={action}
      hx-target={`#${id}`}
      hx-swap="outerMorph"
      novalidate
    >
      <div class="card-header">
        <h2 class="card-title" id="dialog-title">{title}</h2>
      </div>
      <div class="card-body">
        {hasFaults && <p class="form-faults" role="alert">{t.form.faults}</p>}
        <input type="hidden" name="back" value={back} />
        {children}
      </div>
      <div class="card-footer">
        <a class="btn" href={back} data-close>{isDanger ? t.action.keep : t.action.close}</a>
        <button type="submit" class={isDanger ? "btn btn-danger" : "btn btn-primary"}>
          {submit}
        </button>
      </div>
    </form>
  );
}

/** A question that wants a word typed before it is done. */
export function Confirm(
  { label, expected, fault }: {
    readonly label: string;
    /** Null: it is not so much that it needs typing. */
    readonly expected: string | null;
    readonly fault: string | null;
  },
): Child {
  if (expected === null) return null;
  return (
    <div class="field">
      <label class="form-label" for="confirm">{label}</label>
      <input
        class={fault === null ? "form-control" : "form-control is-invalid"}
        id="confirm"
        name="confirm"
        autocomplete="off"
        aria-invalid={fault === null ? undefined : "true"}
        aria-describedby={fault === null ? undefined : "confirm-fault"}
      />
      {fault !== null && <p class="fault" id="confirm-fault">{fault}</p>}
    </div>
  );
}
