/** What is asked when a view of the list is saved, or let go. */
import type { Child } from "hono/jsx";
import { useLanguage } from "../context.ts";
import { DialogForm } from "../parts/dialog_form.tsx";

/** Gives what the list shows a name. */
export function SaveViewQuestion(
  { query, back, name, isShared, faults }: {
    /** The list's parameters. */
    readonly query: string;
    readonly back: string;
    readonly name: string;
    readonly isShared: boolean;
    readonly faults: readonly string[];
  },
): Child {
  const { t } = useLanguage();
  const isWrong = faults.length > 0;
  return (
    <DialogForm
      id="save-view"
      title={t.views.saveTitle}
      action="/tasks/views"
      submit={t.action.save}
      back={back}
    >
      <input type="hidden" name="query" value={query} />
      <div class="field">
        <label class="form-label" for="view-name">{t.views.name}</label>
        <input
          class={isWrong ? "form-control is-invalid" : "form-control"}
          id="view-name"
          name="name"
          value={name}
          maxlength={60}
          autocomplete="off"
          aria-invalid={isWrong ? "true" : undefined}
          aria-describedby={isWrong ? "view-name-help view-name-fault" : "view-name-help"}
        />
        {isWrong && <p class="fault" id="view-name-fault">{faults.join("; ")}</p>}
        <p class="form-hint" id="view-name-help">{t.views.nameHelp}</p>
      </div>
      <fieldset class="field choices">
        <legend class="form-label">{t.views.whose}</legend>
        {([["0", t.views.own], ["1", t.views.shared]] as const).map(([value, label]) => (
          <label class="form-check">
            <input
              class="form-check-input"
              type="radio"
              name="shared"
              value={value}
              checked={isShared === (value === "1")}
            />
            <span class="form-check-label">{label}</span>
          </label>
        ))}
      </fieldset>
    </DialogForm>
  );
}

/** Lets a view go; the tasks stay as they are. */
export function RemoveViewQuestion(
  { name, isShared }: { readonly name: string; readonly isShared: boolean },
): Child {
  const { t } = useLanguage();
  return (
    <DialogForm
      id="remove-view"
      title={t.views.removeTitle(name)}
      action="/tasks/views/remove"
      submit={t.action.remove}
      back="/tasks"
      isDanger
    >
      <p>{isShared ? t.views.removeShared : t.views.removeOwn}</p>
      <input type="hidden" name="name" value={name} />
      <input type="hidden" name="shared" value={isShared ? "1" : "0"} />
    </DialogForm>
  );
}
