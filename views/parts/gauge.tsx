import type { Child } from "hono/jsx";

/** How much of something is taken; the numbers stand beside it. */
export function Gauge(
  { value, max, label, isFull = false }: {
    readonly value: number;
    readonly max: number;
    readonly label: string;
    /** So full that somebody should look. */
    readonly isFull?: boolean;
  },
): Child {
  return (
    <progress
      class={isFull ? "gauge full" : "gauge"}
      value={String(Math.min(value, max))}
      max={String(Math.max(1, max))}
      aria-label={label}
    />
  );
}
