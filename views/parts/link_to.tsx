import type { Child } from "hono/jsx";

/** A text that leads somewhere, or only stands there. */
export function LinkTo(
  { href, text }: { readonly href: string | null; readonly text: string },
): Child {
  return href === null ? <>{text}</> : <a href={href}>{text}</a>;
}
