import type { Child } from "hono/jsx";
import { useLanguage } from "../context.ts";
import { DialogForm } from "../parts/dialog_form.tsx";
import { type FieldModel, Fields } from "../parts/fields.tsx";

/** What is asked first; the rest is folded away, unless something there is wrong. */
const FIRST: ReadonlySet<string> = new Set(["name", "maxThreads", "minThreads", "isolation"]);

/** The form of a new pool. */
export function NewPool(
  { fields, hasFaults = false }: {
    readonly fields: readonly FieldModel[];
    readonly hasFaults?: boolean;
  },
): Child {
  const { t } = useLanguage();
  const first = fields.filter(({ name }) => FIRST.has(name));
  const others = fields.filter(({ name }) => !FIRST.has(name));
  return (
    <DialogForm
      id="new-pool"
      title={t.pools.newTitle}
      action="/pools"
      submit={t.action.newPool}
      back="/pools"
      isWide
      hasFaults={hasFaults}
    >
      <p class="text-secondary">{t.pools.newText}</p>
      <div class="field-grid">
        <Fields fields={first} />
      </div>
      <details class="fold" open={others.some(isWrong)}>
        <summary>{t.form.more}</summary>
        <div class="field-grid">
          <Fields fields={others} />
        </div>
      </details>
    </DialogForm>
  );
}

function isWrong(field: FieldModel): boolean {
  return field.faults.length > 0 || (field.kind === "group" && field.fields.some(isWrong));
}
