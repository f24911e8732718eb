/** The description of the API, to be read and tried. */
import type { Child } from "hono/jsx";
import { useFile, useLanguage } from "../context.ts";
import { Icon } from "../parts/icon.tsx";
import { JsonText } from "../parts/json_text.tsx";
import { PageHead } from "../parts/page_head.tsx";

/** One thing to fill in before an operation is tried. */
export interface ApiParameterModel {
  readonly name: string;
  readonly place: "path" | "query" | "header";
  readonly type: string;
  readonly description: string;
}

/** One operation. */
export interface ApiOperationModel {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly parameters: readonly ApiParameterModel[];
  /** JSON of the body's schema, and of an example; null where there is no body. */
  readonly body: { readonly schema: string; readonly example: string } | null;
  readonly answers: readonly {
    readonly status: number;
    readonly description: string;
    readonly schema: string;
    /** Headers that not every answer has. */
    readonly headers: readonly string[];
  }[];
  readonly errors: readonly {
    readonly code: string;
    readonly status: number;
    readonly text: string;
  }[];
  /** Whether an answer can be shown when it has come: a stream never has. */
  readonly canTry: boolean;
}

/** What the page shows. */
export interface ApiDocsModel {
  readonly groups: readonly {
    readonly name: string;
    readonly operations: readonly ApiOperationModel[];
  }[];
  readonly schemas: readonly { readonly name: string; readonly json: string }[];
}

/** See the head of this file. */
export function ApiDocsPage({ model }: { readonly model: ApiDocsModel }): Child {
  const { t } = useLanguage();
  return (
    <>
      <PageHead title={t.api.title}>
        <a class="btn" href="/api/openapi.json">
          <Icon name="download" />
          OpenAPI 3.1
        </a>
      </PageHead>
      <p class="text-secondary">{t.api.text}</p>
      {model.groups.map(({ name, operations }) => (
        <section class="api-group">
          <h2>{name}</h2>
          {operations.map((one) => <Operation operation={one} />)}
        </section>
      ))}
      <section class="api-group">
        <h2>{t.api.schemas}</h2>
        {model.schemas.map(({ name, json }) => (
          <details class="card api-operation" id={`schema-${name}`}>
            <summary>
              <code>{name}</code>
            </summary>
            <div class="card-body">
              <JsonText
                id={`schema-${name}-json`}
                label={name}
                value={{ text: json, wholeChars: null }}
              />
            </div>
          </details>
        ))}
      </section>
      <script type="module" src={useFile("api.js")} />
    </>
  );
}

function Operation({ operation }: { readonly operation: ApiOperationModel }): Child {
  const { t } = useLanguage();
  const { id, method, path, summary, parameters, body, answers, errors } = operation;
  return (
    <details class="card api-operation" id={id}>
      <summary>
        <span class={`method ${method}`}>{method.toUpperCase()}</span>
        <code>{path}</code>
        <span class="api-summary">{summary}</span>
      </summary>
      <div class="card-body">
        {parameters.length > 0 && <Parameters parameters={parameters} />}
        {body && (
          <>
            <h3>{t.api.body}</h3>
            <JsonText
              id={`${id}-body`}
              label={t.api.body}
              value={{ text: body.schema, wholeChars: null }}
            />
          </>
        )}
        <h3>{t.api.answers}</h3>
        <ul class="api-answers">
          {answers.map(({ status, description, schema, headers }) => (
            <li>
              <code>{String(status)}</code> {description} <Schema text={schema} />
              {headers.length > 0 && (
                <small>
                  {` ${t.api.headers} `}
                  <code>{headers.join(", ")}</code>
                </small>
              )}
            </li>
          ))}
          {errors.map(({ status, code, text }) => (
            <li>
              <code>{String(status)}</code> <code>{code}</code> {text}
            </li>
          ))}
        </ul>
        {operation.canTry && <TryForm operation={operation} />}
      </div>
    </details>
  );
}

function Schema({ text }: { readonly text: string }): Child {
  const [, list = "", name] = /^(\[?)([A-Z]\w+)\]?$/.exec(text) ?? [];
  if (name === undefined) return <code>{text}</code>;
  return (
    <a href={`#schema-${name}`}>
      <code>{list === "" ? name : `${name}[]`}</code>
    </a>
  );
}

function Parameters({ parameters }: { readonly parameters: readonly ApiParameterModel[] }): Child {
  const { t } = useLanguage();
  return (
    <>
      <h3>{t.api.parameters}</h3>
      <dl class="api-parameters">
        {parameters.map(({ name, place, type, description }) => (
          <>
            <dt>
              <code>{name}</code>
            </dt>
            <dd>
              <small>{`${t.api.place[place]} · ${type}`}</small> {description}
            </dd>
          </>
        ))}
      </dl>
    </>
  );
}

/** Sends the request as it is filled in: the scripts show what comes back. */
function TryForm({ operation }: { readonly operation: ApiOperationModel }): Child {
  const { t } = useLanguage();
  const { id, method, path, parameters, body } = operation;
  return (
    <form class="api-try" data-method={method} data-path={path}>
      <h3>{t.api.try}</h3>
      <div class="field-grid">
        {parameters.map(({ name, place }) => (
          <div class="field">
            <label class="form-label" for={`${id}-${name}`}>{name}</label>
            <input
              class="form-control form-control-sm"
              id={`${id}-${name}`}
              name={name}
              data-place={place}
              autocomplete="off"
            />
          </div>
        ))}
        {body && (
          <div class="field wide-field">
            <label class="form-label" for={`${id}-sent`}>{t.api.body}</label>
            <textarea class="form-control mono" id={`${id}-sent`} rows={6} data-body>
              {body.example}
            </textarea>
          </div>
        )}
      </div>
      <button type="submit" class={method === "delete" ? "btn btn-danger" : "btn btn-primary"}>
        {t.api.send}
      </button>
      <pre class="api-answer" hidden tabindex={0} role="region" aria-label={t.api.answer} />
    </form>
  );
}
