/** The form of a rule, and the question before it goes. */
import type { Child } from "hono/jsx";
import { useLanguage } from "../context.ts";
import { DialogForm } from "../parts/dialog_form.tsx";
import { type FieldModel, Fields } from "../parts/fields.tsx";

const BACK = "/alerts?tab=rules";

/** See the head of this file. A rule that there is keeps its name. */
export function RuleForm(
  { title, name, fields, hasFaults = false }: {
    readonly title: string;
    /** Null: a new rule. */
    readonly name: string | null;
    readonly fields: readonly FieldModel[];
    readonly hasFaults?: boolean;
  },
): Child {
  const { t } = useLanguage();
  return (
    <DialogForm
      id="alert-rule"
      title={title}
      action="/alerts/rules"
      submit={t.action.save}
      back={BACK}
      isWide
      hasFaults={hasFaults}
    >
      {name !== null && (
        <>
          <input type="hidden" name="known" value="1" />
          <input type="hidden" name="name" value={name} />
        </>
      )}
      <div class="field-grid">
        <Fields fields={name === null ? fields : fields.filter((field) => field.name !== "name")} />
      </div>
    </DialogForm>
  );
}

/** Lets a rule go; one of Lido's own comes back as it was. */
export function RemoveRuleQuestion(
  { title, query, isDefault }: {
    readonly title: string;
    readonly query: string;
    readonly isDefault: boolean;
  },
): Child {
  const { t } = useLanguage();
  return (
    <DialogForm
      id="remove-rule"
      title={isDefault ? t.alerts.restoreTitle(title) : t.alerts.removeTitle(title)}
      action={`/alerts/rules/remove?${query}`}
      submit={isDefault ? t.alerts.restore : t.action.remove}
      back={BACK}
      isDanger
    >
      <p>{isDefault ? t.alerts.restoreText : t.alerts.removeText}</p>
    </DialogForm>
  );
}
