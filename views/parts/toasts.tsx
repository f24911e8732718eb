import type { Child } from "hono/jsx";
import { useLanguage } from "../context.ts";

/** Something that was done, or could not be. */
export interface ToastModel {
  readonly level: "success" | "error";
  readonly text: string;
}

/** Where messages come and go; the first may come with the page. */
export function Toasts({ toast }: { readonly toast: ToastModel | null }): Child {
  const { t } = useLanguage();
  return (
    <div id="toasts" class="toasts" role="status" aria-live="polite" data-close={t.action.close}>
      {toast && <p class={`app-toast ${toast.level}`}>{toast.text}</p>}
    </div>
  );
}
