/** A time as the wire has it: ISO 8601 in UTC; null stays null. */
export function presentTime(atMs: number | null): string | null {
  return atMs === null ? null : new Date(atMs).toISOString();
}
