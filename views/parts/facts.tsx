import type { Child } from "hono/jsx";

/** Names and what they are. */
export function Facts(
  { facts }: { readonly facts: readonly (readonly [label: string, value: Child])[] },
): Child {
  return (
    <dl class="facts">
      {facts.map(([label, value]) => (
        <div>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
