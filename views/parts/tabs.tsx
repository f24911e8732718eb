import type { Child } from "hono/jsx";

/** Parts of a page that are one address each. */
export function Tabs(
  { label, tabs, current }: {
    readonly label: string;
    readonly tabs: readonly {
      readonly name: string;
      readonly href: string;
      readonly text: string;
    }[];
    readonly current: string;
  },
): Child {
  return (
    <nav class="tabs" aria-label={label}>
      {tabs.map(({ name, href, text }) => (
        <a href={href} aria-current={name === current ? "page" : undefined}>{text}</a>
      ))}
    </nav>
  );
}
