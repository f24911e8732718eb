/** What the attempts of one task type did over time. */
import type { Child } from "hono/jsx";
import { useLanguage } from "../context.ts";
import { type ChartModel, Charts } from "../parts/chart.tsx";
import { PageHead } from "../parts/page_head.tsx";
import { type RangeName, Ranges } from "./overview.tsx";

/** What the page shows. */
export interface TypeChartsModel {
  readonly name: string;
  readonly description: string;
  readonly range: RangeName;
  readonly charts: readonly ChartModel[];
}

/** See the head of this file. */
export function TypeCharts({ model }: { readonly model: TypeChartsModel }): Child {
  const { t } = useLanguage();
  const path = `/types/${model.name}`;
  return (
    <>
      <PageHead title={model.name} back={{ href: "/types", text: t.types.title }}>
        <a class="btn" href={`/tasks?q=type:${model.name}`}>{t.types.lastRuns}</a>
        <a class="btn btn-primary" href={`/submit?type=${model.name}`}>{t.types.submit}</a>
      </PageHead>
      <p class="quiet">{model.description === "" ? t.types.empty : model.description}</p>
      <div class="part-head">
        <Ranges range={model.range} path={path} />
      </div>
      <Charts charts={model.charts} />
    </>
  );
}
