import type { Child } from "hono/jsx";
import { useFile } from "../context.ts";

/** The icons that the pages use; the sprite is made of them. */
export const ICONS = [
  "activity",
  "adjustments",
  "alert-triangle",
  "api",
  "arrow-left",
  "ban",
  "bell",
  "bell-off",
  "bookmark",
  "check",
  "chevron-down",
  "chevron-left",
  "chevron-right",
  "chevrons-left",
  "chevrons-right",
  "circle-check",
  "circle-x",
  "clock",
  "copy",
  "dots",
  "download",
  "file-code",
  "filter",
  "hourglass",
  "layout-dashboard",
  "list-details",
  "player-pause",
  "player-play",
  "player-stop",
  "plus",
  "refresh",
  "search",
  "send",
  "settings",
  "skull",
  "stack-2",
  "users",
  "x",
] as const;
/** One of {@link ICONS}. */
export type IconName = typeof ICONS[number];

/** A picture beside words; readers of the screen do not hear of it. */
export function Icon({ name }: { readonly name: IconName }): Child {
  return (
    <svg class="icon" aria-hidden="true" focusable="false">
      <use href={`${useFile("icons.svg")}#${name}`} />
    </svg>
  );
}
