import type { Child } from "hono/jsx";

/** What can be chosen in a `<select>`: values, how they are called, and the one that is chosen. */
export function Options(
  { options, value }: {
    readonly options: readonly (readonly [value: string, label: string])[];
    readonly value: string;
  },
): Child {
  return (
    <>
      {options.map(([one, label]) => <option value={one} selected={one === value}>{label}</option>)}
    </>
  );
}
