import type { Child } from "hono/jsx";
import { useLanguage } from "../context.ts";
import { DialogForm } from "../parts/dialog_form.tsx";
import { type FieldModel, Fields } from "../parts/fields.tsx";

/** What is asked before a task is changed. */
export interface TaskChangeModel {
  readonly id: string;
  readonly name: string;
  readonly fields: readonly FieldModel[];
  readonly hasFaults: boolean;
}

/** See {@link TaskChangeModel}. */
export function TaskChangeQuestion({ model }: { readonly model: TaskChangeModel }): Child {
  const { t } = useLanguage();
  const href = `/tasks/${model.id}`;
  return (
    <DialogForm
      id="task-change-form"
      title={t.task.changeTitle(model.name)}
      action={`${href}/change`}
      submit={t.action.save}
      back={href}
      hasFaults={model.hasFaults}
    >
      <div class="field-grid">
        <Fields fields={model.fields} />
      </div>
    </DialogForm>
  );
}
