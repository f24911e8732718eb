import type { Child, PropsWithChildren } from "hono/jsx";
import { Icon, type IconName } from "./icon.tsx";

/** What stands where there is nothing: why, and what to do. */
export function Empty(
  { icon, title, text, children }: PropsWithChildren<
    { readonly icon: IconName; readonly title: string; readonly text?: string }
  >,
): Child {
  return (
    <div class="nothing">
      <Icon name={icon} />
      <p class="nothing-title">{title}</p>
      {text && <p class="text-secondary">{text}</p>}
      {children}
    </div>
  );
}
