/** The middle of some numbers: on a loaded machine one of many is far off, whatever is measured. */
export function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[values.length >> 1] ?? NaN;
}
