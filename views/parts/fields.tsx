/** Fields of a form, as a JSON Schema has them. What was typed stays when it was wrong. */
import type { Child } from "hono/jsx";
import { useLanguage } from "../context.ts";
import { Options } from "./options.tsx";

interface FieldBase {
  /** Its place, with dots between: `permissions.read`. */
  readonly name: string;
  readonly label: string;
  readonly help: string;
  readonly isRequired: boolean;
  readonly faults: readonly string[];
}

/** One field. */
export type FieldModel =
  | FieldBase & {
    readonly kind: "text" | "integer" | "number" | "secret";
    readonly value: string;
    readonly maxLength?: number | undefined;
    readonly placeholder?: string | undefined;
  }
  | FieldBase & { readonly kind: "long" | "list" | "json"; readonly value: string }
  | FieldBase & { readonly kind: "boolean"; readonly isOn: boolean }
  | FieldBase & {
    readonly kind: "choice";
    readonly value: string;
    /** Values and how they are called. */
    readonly choices: readonly (readonly [string, string])[];
  }
  | FieldBase & { readonly kind: "group"; readonly fields: readonly FieldModel[] };

/** Fields one below the other. */
export function Fields({ fields }: { readonly fields: readonly FieldModel[] }): Child {
  return <>{fields.map((field) => <Field field={field} />)}</>;
}

function Field({ field }: { readonly field: FieldModel }): Child {
  const { t } = useLanguage();
  const id = `field-${field.name.replaceAll(".", "-")}`;
  if (field.kind === "group") {
    return (
      <fieldset class="field-group">
        <legend>{field.label}</legend>
        {field.help !== "" && <p class="form-hint">{field.help}</p>}
        <Faults id={`${id}-faults`} faults={field.faults} />
        <div class="field-grid">
          <Fields fields={field.fields} />
        </div>
      </fieldset>
    );
  }
  return (
    <div class="field">
      <label class="form-label" for={id}>
        {field.label}
        {field.isRequired && <span class="optional">{t.form.required}</span>}
      </label>
      <Input field={field} id={id} />
      {field.help !== "" && <p class="form-hint" id={`${id}-help`}>{field.help}</p>}
      <Faults id={`${id}-faults`} faults={field.faults} />
    </div>
  );
}

function Input(
  { field, id }: { readonly field: Exclude<FieldModel, { kind: "group" }>; readonly id: string },
): Child {
  const { t } = useLanguage();
  const isWrong = field.faults.length > 0;
  const described = [
    field.help === "" ? "" : `${id}-help`,
    isWrong ? `${id}-faults` : "",
  ].filter((one) => one !== "").join(" ");
  const shared = {
    id,
    name: field.name,
    "aria-describedby": described === "" ? undefined : described,
    "aria-invalid": isWrong ? "true" : undefined,
    required: field.isRequired,
  };
  switch (field.kind) {
    case "boolean":
      return (
        <select {...shared} required={false} class="form-select">
          <Options
            options={[["true", t.form.yes], ["false", t.form.no]]}
            value={String(field.isOn)}
          />
        </select>
      );
    case "choice":
      return (
        <select {...shared} class={isWrong ? "form-select is-invalid" : "form-select"}>
          {!field.isRequired && <option value="">{t.form.nothing}</option>}
          <Options options={field.choices} value={field.value} />
        </select>
      );
    case "long":
    case "list":
    case "json":
      // Browsers drop the first end of a line of a text, so one is put before it.
      return (
        <textarea
          {...shared}
          class={`form-control ${field.kind === "json" ? "code" : ""} ${
            isWrong ? "is-invalid" : ""
          }`}
          rows={field.kind === "list" ? 2 : 4}
          spellcheck={field.kind === "json" ? false : undefined}
        >
          {`\n${field.value}`}
        </textarea>
      );
    default:
      return (
        <input
          {...shared}
          class={isWrong ? "form-control is-invalid" : "form-control"}
          type={field.kind === "secret" ? "password" : "text"}
          inputmode={field.kind === "integer"
            ? "numeric"
            : field.kind === "number"
            ? "decimal"
            : undefined}
          maxlength={field.maxLength}
          placeholder={field.placeholder}
          autocomplete={field.kind === "secret" ? "new-password" : "off"}
          value={field.value}
        />
      );
  }
}

function Faults(
  { id, faults }: { readonly id: string; readonly faults: readonly string[] },
): Child {
  if (faults.length === 0) return null;
  return <p class="fault" id={id}>{faults.join("; ")}</p>;
}
