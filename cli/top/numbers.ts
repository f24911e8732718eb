/** Numbers in the few cells that a table has for them. */

/** A count in six cells at most: `999999`, `1.23M`. */
export function countText(count: number): string {
  if (count < 1e6) return String(Math.round(count));
  const [size, unit] = count < 1e9 ? [count / 1e6, "M"] : [count / 1e9, "G"];
  return `${size.toFixed(size < 10 ? 2 : size < 100 ? 1 : 0)}${unit}`;
}

/** A rate in five cells at most, `–` while it is not known. */
export function rateText(perSecond: number | null): string {
  if (perSecond === null) return "–";
  return perSecond < 100 && perSecond > 0 ? perSecond.toFixed(1) : countText(perSecond);
}

/** A duration in six cells at most: `250ms`, `4.1s`, `12m`, `30h`, `9d`; `–` for none. */
export function durationText(ms: number | null): string {
  if (ms === null) return "–";
  if (ms < 999.5) return `${Math.round(ms)}ms`;
  if (ms < 59_950) return `${(ms / 1_000).toFixed(1)}s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${Math.max(1, minutes)}m`;
  return minutes < 48 * 60 ? `${Math.floor(minutes / 60)}h` : `${Math.floor(minutes / 1_440)}d`;
}

/** A bar of so many cells, filled by a share from 0 to 1. */
export function barText(share: number, cells: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * cells);
  return "█".repeat(full) + "░".repeat(cells - full);
}

/** A share from 0 to 1 in four cells; 100 % is all of it, and no rounding. */
export function percentText(share: number): string {
  return `${Math.floor(Math.min(1, Math.max(0, share)) * 100)}%`;
}
