import type { Child } from "hono/jsx";
import { useLanguage } from "../context.ts";
import { Empty } from "../parts/empty.tsx";

/** What could not be done, and why. */
export interface ProblemModel {
  readonly status: number;
  readonly text: string;
  readonly requestId: string | null;
}

/** A page in place of the one that was asked for. */
export function ProblemPage({ model }: { readonly model: ProblemModel }): Child {
  const { t } = useLanguage();
  const title = model.status === 404 ? t.error.notFound : t.error.title;
  return (
    <section class="card problem">
      <h1 class="visually-hidden">{title}</h1>
      <Empty
        icon="alert-triangle"
        title={title}
        text={model.status === 404 ? t.error.notFoundText : ""}
      >
        <p class="problem-text">
          <bdi>{model.text}</bdi>
        </p>
        {model.requestId && (
          <p class="text-secondary">
            {t.error.requestId} <code>{model.requestId}</code>
          </p>
        )}
        <a class="btn" href="/">{t.error.home}</a>
      </Empty>
    </section>
  );
}
