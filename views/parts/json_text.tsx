import type { Child } from "hono/jsx";
import { useLanguage } from "../context.ts";
import { Icon } from "./icon.tsx";

/** A text that can be long: JSON, a stack, an error. Shown exactly, as far as it is shown. */
export interface LongText {
  readonly text: string;
  /** Characters of the whole, when only its beginning is here. */
  readonly wholeChars: number | null;
}

/** The text in a box of its own, to be folded, copied and scrolled. */
export function JsonText(
  { id, label, value, wholeHref }: {
    readonly id: string;
    readonly label: string;
    readonly value: LongText;
    readonly wholeHref?: string;
  },
): Child {
  const l = useLanguage();
  const { t } = l;
  return (
    <div class="long-text">
      <button
        type="button"
        class="btn btn-sm copy"
        data-copy={id}
        data-done={t.action.copied}
        aria-label={t.action.ofObject(t.action.copy, label)}
      >
        <Icon name="copy" />
        {t.action.copy}
      </button>
      <pre
        id={id}
        tabindex={0}
        role="group"
        aria-label={label}
        dir="auto"
      ><code>{value.text}</code></pre>
      {value.wholeChars !== null && (
        <p class="form-hint">
          {t.task.shortened(l.number(value.text.length), l.number(value.wholeChars))}
          {wholeHref && (
            <>
              {" "}
              <a href={wholeHref}>{t.task.wholeJson}</a>
            </>
          )}
        </p>
      )}
    </div>
  );
}
