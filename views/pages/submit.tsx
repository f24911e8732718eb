/** Submits one task by a form of its type's schema, or many by their lines. */
import type { Child } from "hono/jsx";
import { useLanguage } from "../context.ts";
import { Empty } from "../parts/empty.tsx";
import { type FieldModel, Fields } from "../parts/fields.tsx";
import { Icon } from "../parts/icon.tsx";
import { Options } from "../parts/options.tsx";
import { PageHead } from "../parts/page_head.tsx";
import { Tabs } from "../parts/tabs.tsx";

/** What there is to choose from. */
export interface SubmitChoices {
  readonly pools: readonly { readonly id: string; readonly name: string }[];
  readonly types: readonly { readonly name: string; readonly description: string }[];
  readonly poolId: string;
  readonly type: string;
}

/** The form of one task. */
export interface SubmitModel {
  readonly choices: SubmitChoices;
  /** The fields of the input; null when it is written as JSON. */
  readonly input: readonly FieldModel[] | null;
  readonly inputJson: { readonly text: string; readonly fault: string | null };
  readonly task: readonly FieldModel[];
  readonly isRefused: boolean;
  /** Faults that no field bears. */
  readonly faults: readonly string[];
  readonly formHref: string;
  readonly jsonHref: string;
}

/** The form of a batch. */
export interface BatchModel {
  readonly choices: SubmitChoices;
  readonly text: string;
  /** Null before it was checked. */
  readonly checked: {
    readonly count: number;
    readonly faults: readonly { readonly line: number; readonly text: string }[];
  } | null;
  readonly fault: string | null;
}

/** The page of one task. */
export function SubmitPage({ model }: { readonly model: SubmitModel }): Child {
  const { t } = useLanguage();
  return (
    <>
      <SubmitHead mode="one" />
      {model.choices.pools.length === 0
        ? (
          <div class="card">
            <Empty icon="stack-2" title={t.submit.noPool}>
              <a class="btn btn-primary" href="/pools/new">{t.action.newPool}</a>
            </Empty>
          </div>
        )
        : model.choices.types.length === 0
        ? (
          <div class="card">
            <Empty icon="file-code" title={t.submit.noType} text={t.types.emptyText} />
          </div>
        )
        : (
          <div class="submit-columns">
            <Choose choices={model.choices} />
            <SubmitForm model={model} />
          </div>
        )}
    </>
  );
}

/** The form alone: what was wrong comes back in its place. */
export function SubmitForm({ model }: { readonly model: SubmitModel }): Child {
  const { t } = useLanguage();
  const { choices, input, inputJson } = model;
  return (
    <form
      id="submit-form"
      class="card"
      method="post"
      action="/submit"
      hx-post="/submit"
      hx-target="#submit-form"
      hx-swap="outerMorph"
      novalidate
    >
      <div class="card-body">
        {model.isRefused && (
          <div class="form-faults" role="alert">
            <p>{model.faults.length > 0 ? t.submit.wrong : t.form.faults}</p>
            {model.faults.length > 0 && <ul>{model.faults.map((fault) => <li>{fault}</li>)}</ul>}
          </div>
        )}
        <input type="hidden" name="type" value={choices.type} />
        <input type="hidden" name="as" value={input === null ? "json" : "form"} />
        <fieldset class="field-group">
          <legend>
            {t.submit.input} · {choices.type}
          </legend>
          <p class="form-hint">
            {choices.types.find(({ name }) => name === choices.type)?.description}
          </p>
          {input === null
            ? (
              <div class="field">
                <label class="form-label" for="input-json">{t.submit.inputJson}</label>
                <textarea
                  class={inputJson.fault === null
                    ? "form-control code"
                    : "form-control code is-invalid"}
                  id="input-json"
                  name="input_json"
                  rows={10}
                  spellcheck={false}
                  aria-invalid={inputJson.fault === null ? undefined : "true"}
                  aria-describedby={inputJson.fault === null ? undefined : "input-json-fault"}
                >
                  {`\n${inputJson.text}`}
                </textarea>
                {inputJson.fault !== null && (
                  <p class="fault" id="input-json-fault">{inputJson.fault}</p>
                )}
              </div>
            )
            : <Fields fields={input} />}
          <a class="switch" href={input === null ? model.formHref : model.jsonHref}>
            {input === null ? t.submit.asForm : t.submit.asJson}
          </a>
        </fieldset>
        <fieldset class="field-group">
          <legend>{t.submit.common}</legend>
          <PoolField choices={choices} />
          <Fields fields={model.task} />
        </fieldset>
      </div>
      <div class="card-footer">
        <button type="submit" class="btn btn-primary">
          <Icon name="send" />
          {t.submit.go}
        </button>
      </div>
    </form>
  );
}

function SubmitHead({ mode }: { readonly mode: "one" | "batch" }): Child {
  const { t } = useLanguage();
  return (
    <>
      <PageHead title={t.submit.title} />
      <Tabs
        label={t.submit.modes}
        current={mode}
        tabs={[
          { name: "one", href: "/submit", text: t.submit.one },
          { name: "batch", href: "/submit/batch", text: t.submit.batch },
        ]}
      />
    </>
  );
}

function Choose({ choices }: { readonly choices: SubmitChoices }): Child {
  const { t } = useLanguage();
  return (
    <nav class="card type-list" aria-label={t.submit.type}>
      <ul>
        {choices.types.map(({ name, description }) => (
          <li>
            <a
              href={`/submit?type=${name}&pool=${choices.poolId}`}
              aria-current={name === choices.type ? "true" : undefined}
            >
              <strong>{name}</strong>
              <small>{description}</small>
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function PoolField({ choices }: { readonly choices: SubmitChoices }): Child {
  const { t } = useLanguage();
  return (
    <div class="field">
      <label class="form-label" for="pool">{t.submit.pool}</label>
      <select class="form-select" id="pool" name="pool">
        <Options
          options={choices.pools.map(({ id, name }) => [id, name])}
          value={choices.poolId}
        />
      </select>
    </div>
  );
}

/** The page of a batch. */
export function BatchPage({ model }: { readonly model: BatchModel }): Child {
  return (
    <>
      <SubmitHead mode="batch" />
      <BatchForm model={model} />
    </>
  );
}

function BatchForm({ model }: { readonly model: BatchModel }): Child {
  const l = useLanguage();
  const { t } = l;
  const { checked, choices } = model;
  const isGood = checked !== null && checked.faults.length === 0 && checked.count > 0;
  return (
    <form
      id="batch-form"
      class="card"
      method="post"
      action="/submit/batch"
      enctype="multipart/form-data"
    >
      <div class="card-body">
        <div class="field-grid">
          <PoolField choices={choices} />
          <div class="field">
            <label class="form-label" for="type">{t.submit.type}</label>
            <select class="form-select" id="type" name="type">
              <Options
                options={choices.types.map(({ name }) => [name, name])}
                value={choices.type}
              />
            </select>
          </div>
        </div>
        <div class="field">
          <label class="form-label" for="lines">{t.submit.batchText}</label>
          <textarea
            class="form-control code"
            id="lines"
            name="lines"
            rows={12}
            spellcheck={false}
            aria-describedby="lines-help"
          >
            {`\n${model.text}`}
          </textarea>
          <p class="form-hint" id="lines-help">{t.submit.batchHelp}</p>
          {model.fault !== null && <p class="fault" role="alert">{model.fault}</p>}
        </div>
        <div class="field">
          <label class="form-label" for="file">{t.submit.batchFile}</label>
          <input
            class="form-control"
            type="file"
            id="file"
            name="file"
            accept=".ndjson,.jsonl,.csv,.txt"
          />
        </div>
        {checked !== null && checked.faults.length > 0 && (
          <div class="form-faults" role="alert">
            <p>{t.submit.batchFaults(l.number(checked.faults.length))}</p>
            <table class="table table-sm">
              <thead>
                <tr>
                  <th scope="col" class="num">{t.submit.batchLine}</th>
                  <th scope="col">{t.task.error}</th>
                </tr>
              </thead>
              <tbody>
                {checked.faults.slice(0, 50).map(({ line, text }) => (
                  <tr>
                    <td class="num">{l.number(line)}</td>
                    <td>{text}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
        {isGood && <p class="well" role="status">{t.submit.batchGood(l.number(checked.count))}</p>}
      </div>
      <div class="card-footer">
        <button type="submit" class="btn" name="do" value="check">{t.submit.batchPreview}</button>
        {isGood && (
          <button type="submit" class="btn btn-primary" name="do" value="submit">
            {t.submit.batchGo(l.number(checked.count))}
          </button>
        )}
      </div>
    </form>
  );
}
