import type { Child } from "hono/jsx";

const WIDTH = 120;
const HEIGHT = 24;

/** What a sparkline shows. */
export interface SparklineProps {
  /** What was lately, oldest first; null where nothing is known. */
  readonly values: readonly (number | null)[];
  /** What stands at the top; left out: the highest value. */
  readonly max?: number | undefined;
  /** Says what it shows. */
  readonly label: string;
}

/** A small line of what was lately. */
export function Sparkline({ values, label, max = highestOf(values) }: SparklineProps): Child {
  return (
    <svg
      class="spark"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={label}
      preserveAspectRatio="none"
    >
      {pieces(values, max).map((points) => (
        <>
          <polygon
            class="spark-area"
            points={`${xOf(points[0])},${HEIGHT} ${points.join(" ")} ${
              xOf(points.at(-1))
            },${HEIGHT}`}
          />
          {/* A line from a point to itself is a dot. */}
          <polyline
            class="spark-line"
            points={(points.length === 1 ? [...points, ...points] : points).join(" ")}
          />
        </>
      ))}
    </svg>
  );
}

function highestOf(values: readonly (number | null)[]): number {
  return Math.max(...values.map((value) => value ?? 0)) || 1;
}

/** The points of each piece without a gap. */
function pieces(values: readonly (number | null)[], max: number): readonly (readonly string[])[] {
  const stepX = WIDTH / Math.max(1, values.length - 1);
  const found: string[][] = [];
  let piece: string[] | undefined;
  for (const [index, value] of values.entries()) {
    if (value === null) {
      piece = undefined;
      continue;
    }
    if (piece === undefined) found.push(piece = []);
    const y = HEIGHT - 1 - value / max * (HEIGHT - 3);
    piece.push(`${(index * stepX).toFixed(1)},${y.toFixed(1)}`);
  }
  return found;
}

function xOf(point = ""): string {
  return point.slice(0, point.indexOf(","));
}
