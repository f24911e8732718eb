import type { Child } from "hono/jsx";
import { useLanguage } from "../context.ts";

/** A time, relative; in full when it is pointed at. */
export function Time({ atMs }: { readonly atMs: number | null }): Child {
  const l = useLanguage();
  if (atMs === null) return <span class="none">–</span>;
  return <time datetime={new Date(atMs).toISOString()} title={l.time(atMs)}>{l.ago(atMs)}</time>;
}

/** A duration, or a dash where there is none. */
export function Duration({ ms }: { readonly ms: number | null }): Child {
  const l = useLanguage();
  if (ms === null) return <span class="none">–</span>;
  return <span class="num">{l.duration(ms)}</span>;
}
