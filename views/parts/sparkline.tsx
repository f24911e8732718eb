import type { Child } from "hono/jsx";

const WIDTH = 120;
const HEIGHT = 24;

/** A small line of what was lately, oldest first; `label` says what it shows. */
export function Sparkline(
  { values, label }: { readonly values: readonly number[]; readonly label: string },
): Child {
  const max = Math.max(1, ...values);
  const stepX = WIDTH / Math.max(1, values.length - 1);
  const points = values.map((value, index) =>
    `${(index * stepX).toFixed(1)},${(HEIGHT - 1 - value / max * (HEIGHT - 3)).toFixed(1)}`
  );
  return (
    <svg
      class="spark"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={label}
      preserveAspectRatio="none"
    >
      {values.length > 0 && (
        <>
          <polygon
            class="spark-area"
            points={`0,${HEIGHT} ${points.join(" ")} ${WIDTH},${HEIGHT}`}
          />
          <polyline class="spark-line" points={points.join(" ")} />
        </>
      )}
    </svg>
  );
}
