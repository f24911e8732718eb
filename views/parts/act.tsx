import type { Child } from "hono/jsx";
import { useLanguage } from "../context.ts";
import { Icon, type IconName } from "./icon.tsx";

/** One thing that can be done to one object. */
export interface ActProps {
  /** Where the form goes; without scripts the browser comes back to `back`. */
  readonly action: string;
  readonly icon: IconName;
  readonly label: string;
  /** What it is done to: the button's name says it to those who do not see the row. */
  readonly object: string;
  readonly back: string;
  /** Shows the picture alone. */
  readonly isSmall?: boolean;
  readonly isDanger?: boolean;
  /** The key that does it, on a page of one object. */
  readonly hotkey?: string;
  /** The key that does it to the row that keys are at. */
  readonly rowHotkey?: string;
}

/** A form of one button: it does something at once, and what is live on the page looks again. */
export function Act(props: ActProps): Child {
  const { t } = useLanguage();
  const kind = props.isDanger ? "btn-ghost-danger" : props.isSmall ? "btn-ghost-secondary" : "";
  const name = t.action.ofObject(props.label, props.object);
  return (
    <form method="post" action={props.action} hx-post={props.action} hx-swap="none" class="act">
      <input type="hidden" name="back" value={props.back} />
      <button
        type="submit"
        class={`btn btn-sm ${kind} ${props.isSmall ? "btn-icon" : ""}`}
        aria-label={name}
        title={props.isSmall ? name : undefined}
        data-hotkey={props.hotkey}
        data-row-hotkey={props.rowHotkey}
      >
        <Icon name={props.icon} />
        {!props.isSmall && props.label}
      </button>
    </form>
  );
}

/** A link that opens a form or a question: in a dialog, or as a page of its own without scripts. */
export function Ask(
  {
    href,
    icon,
    label,
    object,
    isSmall = false,
    isIcon = false,
    isPrimary = false,
    isDanger = false,
    hotkey,
    rowHotkey,
  }: {
    readonly href: string;
    readonly icon: IconName;
    readonly label: string;
    readonly object?: string;
    readonly isSmall?: boolean;
    /** Shows the picture alone. */
    readonly isIcon?: boolean;
    readonly isPrimary?: boolean;
    readonly isDanger?: boolean;
    readonly hotkey?: string;
    /** The key that opens it for the row that keys are at. */
    readonly rowHotkey?: string;
  },
): Child {
  const { t } = useLanguage();
  const kind = isPrimary
    ? "btn-primary"
    : isDanger
    ? "btn-ghost-danger"
    : isSmall
    ? "btn-ghost-secondary btn-sm"
    : "btn-sm";
  const name = object === undefined ? undefined : t.action.ofObject(label, object);
  return (
    <a
      class={isIcon ? `btn btn-sm btn-icon ${kind}` : `btn ${kind}`}
      href={href}
      hx-get={href}
      hx-target="#dialog"
      hx-swap="innerHTML"
      aria-label={name}
      title={isIcon ? name : undefined}
      data-hotkey={hotkey}
      data-row-hotkey={rowHotkey}
    >
      <Icon name={icon} />
      {!isIcon && label}
    </a>
  );
}
