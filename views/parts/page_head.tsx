import type { Child, PropsWithChildren } from "hono/jsx";
import { Icon } from "./icon.tsx";

/** The head of a page: where it stands, its name, and what can be done on it. */
export function PageHead(
  { title, back, children }: PropsWithChildren<
    { readonly title: string; readonly back?: { readonly href: string; readonly text: string } }
  >,
): Child {
  return (
    <div class="page-head">
      <div>
        {back && (
          <a class="back" href={back.href}>
            <Icon name="arrow-left" />
            {back.text}
          </a>
        )}
        <h1>{title}</h1>
      </div>
      <div class="page-actions">{children}</div>
    </div>
  );
}
