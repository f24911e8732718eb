/** What is kept of alerts by its name, as it was written last: rules and channels. */
import type { AlertSettingKind } from "../engine.ts";
import type { Change } from "./journal/group.ts";

/** See the head of this file. */
export class AlertShelf {
  readonly #kept: Readonly<Record<AlertSettingKind, Map<string, unknown>>> = {
    rules: new Map(),
    channels: new Map(),
  };

  constructor(
    rows: readonly {
      readonly kind: AlertSettingKind;
      readonly name: string;
      readonly value: unknown;
    }[],
  ) {
    for (const { kind, name, value } of rows) this.#kept[kind].set(name, value);
  }

  /** All of a kind, by their names. */
  settings(kind: AlertSettingKind): ReadonlyMap<string, unknown> {
    return this.#kept[kind];
  }

  /** Takes one, in the place of one of its name, or lets it go; gives what is to be written. */
  put(of: AlertSettingKind, name: string, value: object | null): Change {
    if (value === null) this.#kept[of].delete(name);
    else this.#kept[of].set(name, value);
    return { kind: "alert_setting", of, name, value: value && JSON.stringify(value) };
  }
}
