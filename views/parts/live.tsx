import type { Child, PropsWithChildren } from "hono/jsx";

/** What is looked at again and again. */
export interface LiveProps {
  readonly id: string;
  /** Gives the inside alone when it is asked for as a fragment, and the whole page otherwise. */
  readonly url: string;
  /** 0: only when somebody asks for it. */
  readonly refreshS: number;
  /** The state that is shown; the next look is answered with 304 while it is the same. */
  readonly tag?: string | undefined;
}

/** A part of a page that keeps itself up to date; what is typed, open and focused in it stays. */
export function Live(
  { id, url, refreshS, tag, children }: PropsWithChildren<LiveProps>,
): Child {
  const every = refreshS > 0 ? `every ${refreshS}s, ` : "";
  return (
    <div
      id={id}
      class="live"
      hx-get={url}
      hx-trigger={`${every}lido:refresh from:document`}
      hx-swap="innerMorph"
      hx-sync="this:drop"
      hx-ptag={tag}
    >
      {children}
    </div>
  );
}
