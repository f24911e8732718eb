/** The task types that there are, and the files that could not be loaded. */
import type { Child } from "hono/jsx";
import { useLanguage } from "../context.ts";
import { Empty } from "../parts/empty.tsx";
import { Icon } from "../parts/icon.tsx";
import { JsonText } from "../parts/json_text.tsx";
import { PageHead } from "../parts/page_head.tsx";

/** What the page shows. */
export interface TypesModel {
  readonly types: readonly {
    readonly name: string;
    readonly description: string;
    readonly isBuiltIn: boolean;
    readonly codeVersion: string;
    /** What it did in the last minutes, in a sentence. */
    readonly lately: string;
    readonly schema: string;
    readonly output: string | null;
    readonly examples: readonly { readonly text: string; readonly href: string }[];
  }[];
  readonly broken: readonly { readonly url: string; readonly reason: string }[];
}

/** See the head of this file. */
export function TypesPage({ model }: { readonly model: TypesModel }): Child {
  const { t } = useLanguage();
  return (
    <>
      <PageHead title={t.types.title} />
      {model.broken.length > 0 && (
        <section class="card broken">
          <div class="card-header">
            <h2 class="card-title">{t.types.broken}</h2>
          </div>
          <ul class="attention">
            {model.broken.map(({ url, reason }) => (
              <li class="critical">
                <Icon name="alert-triangle" />
                <span>
                  <code>{url}</code>
                  <br />
                  <bdi>{reason}</bdi>
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
      {model.types.length === 0
        ? (
          <div class="card">
            <Empty icon="file-code" title={t.types.emptyTitle} text={t.types.emptyText} />
          </div>
        )
        : (
          <div class="type-cards">
            {model.types.map((type) => (
              <section class="card" id={`type-${type.name}`}>
                <div class="card-header">
                  <h2 class="card-title">{type.name}</h2>
                  {type.isBuiltIn && <span class="badge bg-secondary-lt">{t.types.builtIn}</span>}
                  <a class="btn btn-sm end" href={`/submit?type=${type.name}`}>
                    <Icon name="send" />
                    {t.types.submit}
                    <span class="visually-hidden">{type.name}</span>
                  </a>
                </div>
                <div class="card-body">
                  <p>{type.description === "" ? t.types.empty : type.description}</p>
                  <p class="quiet">{type.lately}</p>
                  {type.examples.length > 0 && (
                    <p class="examples">
                      {t.submit.examples}: {type.examples.map(({ text, href }) => (
                        <a href={href}>
                          <code>{text}</code>
                        </a>
                      ))}
                    </p>
                  )}
                  <p class="links">
                    <a href={`/tasks?q=type:${type.name}`}>{t.types.lastRuns}</a>
                    <a href={`/types/${type.name}`}>
                      {t.types.charts}
                      <span class="visually-hidden">{type.name}</span>
                    </a>
                    <small class="text-secondary">
                      {t.types.code} <code>{type.codeVersion}</code>
                    </small>
                  </p>
                  <details class="fold">
                    <summary>{t.types.schema}</summary>
                    <JsonText
                      id={`schema-${type.name}`}
                      label={t.types.schema}
                      value={{ text: type.schema, wholeChars: null }}
                    />
                    {type.output && (
                      <JsonText
                        id={`output-${type.name}`}
                        label={t.types.output}
                        value={{ text: type.output, wholeChars: null }}
                      />
                    )}
                  </details>
                </div>
              </section>
            ))}
          </div>
        )}
    </>
  );
}
