/** The document around every page: navigation, the strip of what is so now, and what scripts need. */
import type { Child, PropsWithChildren } from "hono/jsx";
import { useFile, useLanguage } from "./context.ts";
import { Icon, type IconName } from "./parts/icon.tsx";
import { Options } from "./parts/options.tsx";
import { Strip, type StripModel } from "./parts/strip.tsx";
import { type ToastModel, Toasts } from "./parts/toasts.tsx";
import { LANGUAGES } from "./i18n/language.ts";

/** The places of the navigation. */
export type Place = "overview" | "pools" | "tasks" | "submit" | "types" | "alerts" | "api";

/** How the pages look for one user. */
export interface Preferences {
  readonly theme: "light" | "dark" | "system";
  /** Seconds between two looks of a fragment; 0: it looks only when it is asked to. */
  readonly refreshS: number;
}

/** What the frame shows. */
export interface FrameModel {
  readonly place: Place | null;
  readonly title: string;
  /** The address of the page, to come back to. */
  readonly path: string;
  readonly preferences: Preferences;
  readonly strip: StripModel;
  readonly toast: ToastModel | null;
}

/** The seconds that can be chosen between two looks. */
export const REFRESH_CHOICES = [0, 1, 2, 5, 15, 30] as const;

const PLACES: readonly { place: Place; href: string; icon: IconName; key: string }[] = [
  { place: "overview", href: "/", icon: "layout-dashboard", key: "o" },
  { place: "pools", href: "/pools", icon: "stack-2", key: "p" },
  { place: "tasks", href: "/tasks", icon: "list-details", key: "t" },
  { place: "submit", href: "/submit", icon: "send", key: "s" },
  { place: "types", href: "/types", icon: "file-code", key: "y" },
  { place: "alerts", href: "/alerts", icon: "bell", key: "a" },
  { place: "api", href: "/api/docs", icon: "api", key: "i" },
];

/** `morphIgnore`: a swap must not close what the user opened. */
const HTMX_CONFIG = JSON.stringify({
  morphIgnore: ["data-htmx-powered", "open"],
  defaultTimeout: 15_000,
});

/** The whole document. */
export function Frame({ frame, children }: PropsWithChildren<{ frame: FrameModel }>): Child {
  const { code, t } = useLanguage();
  const { theme, refreshS } = frame.preferences;
  return (
    <html lang={code} data-theme={theme} data-bs-theme={theme === "dark" ? "dark" : "light"}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="htmx-config" content={HTMX_CONFIG} />
        <title>{t.app.title(frame.title)}</title>
        <link rel="icon" type="image/svg+xml" href={useFile("favicon.svg")} />
        <link rel="stylesheet" href={useFile("tabler.css")} />
        <link rel="stylesheet" href={useFile("uplot.css")} />
        <link rel="stylesheet" href={useFile("app.css")} />
        <script src={useFile("theme.js")} />
        <script defer src={useFile("htmx.js")} />
        <script defer src={useFile("hx-ptag.js")} />
        <script defer src={useFile("uplot.js")} />
        {["app.js", "charts.js", "keys.js"].map((name) => (
          <script type="module" src={useFile(name)} />
        ))}
      </head>
      <body data-refresh={String(refreshS)}>
        <a class="skip-link" href="#main">{t.app.skip}</a>
        <div class="shell">
          <div class="side">
            <div class="side-inner">
              <a class="brand" href="/" aria-label="Lido">
                <Brand />
              </a>
              <Navigation place={frame.place} />
              <Search />
              <Display frame={frame} />
            </div>
          </div>
          <div class="stage">
            <div class="stage-head">
              <Strip strip={frame.strip} refreshS={refreshS} />
              <div id="lost" class="lost" role="alert" data-unsent={t.live.unsent} hidden>
                <Icon name="alert-triangle" />
                <span>{t.live.lost}</span>
                <span id="lost-age" data-text={t.live.age("{age}")} />
              </div>
            </div>
            <main id="main" tabindex={-1}>{children}</main>
          </div>
        </div>
        <dialog id="dialog" class="app-dialog" aria-labelledby="dialog-title" />
        <Toasts toast={frame.toast} />
        <Keys />
      </body>
    </html>
  );
}

function Brand(): Child {
  return (
    <svg viewBox="0 0 92 28" class="brand-mark" aria-hidden="true">
      <path d="M4 18c3.2 0 3.2-3 6.4-3s3.2 3 6.4 3 3.2-3 6.4-3" class="brand-wave" />
      <path d="M4 24c3.2 0 3.2-3 6.4-3s3.2 3 6.4 3 3.2-3 6.4-3" class="brand-wave faint" />
      <circle cx="13.6" cy="7.6" r="3.6" class="brand-sun" />
      <text x="34" y="21" class="brand-text">Lido</text>
    </svg>
  );
}

function Navigation({ place }: { readonly place: Place | null }): Child {
  const { t } = useLanguage();
  return (
    <nav class="places" aria-label={t.nav.label}>
      <ul>
        {PLACES.map((one) => (
          <li>
            <a
              href={one.href}
              aria-current={one.place === place ? "page" : undefined}
              data-key={one.key}
            >
              <Icon name={one.icon} />
              <span>{t.nav[one.place]}</span>
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** Opens the palette, also for who has no keys. */
function Search(): Child {
  const { t } = useLanguage();
  return (
    <button type="button" class="search" data-palette>
      <Icon name="search" />
      <span>{t.keys.palette}</span>
      <kbd>Ctrl K</kbd>
    </button>
  );
}

/** Language, theme and pace: plain forms, so that they work without scripts, too. */
function Display({ frame }: { readonly frame: FrameModel }): Child {
  const { code, t } = useLanguage();
  const { theme, refreshS } = frame.preferences;
  const themes = [["light", t.preferences.light], ["dark", t.preferences.dark], [
    "system",
    t.preferences.system,
  ]] as const;
  const paces = REFRESH_CHOICES.map((seconds) =>
    [
      String(seconds),
      seconds === 0 ? t.preferences.off : t.preferences.seconds(seconds),
    ] as const
  );
  return (
    <details class="display">
      <summary>
        <Icon name="settings" />
        <span>{t.preferences.menu}</span>
      </summary>
      <form method="post" action="/preferences" data-submit-on-change>
        <input type="hidden" name="back" value={frame.path} />
        <label>
          {t.preferences.language}
          <select class="form-select form-select-sm" name="language">
            {Object.entries(LANGUAGES).map(([key, { languageName }]) => (
              <option value={key} lang={key} selected={key === code}>{languageName}</option>
            ))}
          </select>
        </label>
        <label>
          {t.preferences.theme}
          <select class="form-select form-select-sm" name="theme">
            <Options options={themes} value={theme} />
          </select>
        </label>
        <label>
          {t.preferences.refresh}
          <select class="form-select form-select-sm" name="refresh" id="refresh">
            <Options options={paces} value={String(refreshS)} />
          </select>
        </label>
        <button class="btn btn-sm" type="submit">{t.preferences.apply}</button>
      </form>
    </details>
  );
}

/** The help on keys, and the palette; scripts open them. */
function Keys(): Child {
  const { t } = useLanguage();
  const keys: readonly (readonly [string, string])[] = [
    ["?", t.keys.help],
    ["/", t.keys.filter],
    ["Ctrl K", t.keys.palette],
    [`g ${PLACES.map(({ key }) => key).join(" ")}`, t.keys.go],
    ["j k", t.keys.rows],
    ["x", t.keys.select],
    ["Enter", t.keys.open],
    ["← →", t.keys.pages],
    ["r", t.keys.refresh],
    [".", t.keys.toggle],
    ["Shift+X", t.keys.selectAll],
    ["c", t.keys.create],
    ["e", t.keys.edit],
    ["p", t.keys.pause],
    ["Shift+S", t.keys.stop],
    ["Shift+R", t.keys.again],
    ["Shift+D", t.keys.drain],
    ["t", t.keys.theme],
    ["Esc", t.keys.escape],
  ];
  return (
    <>
      <dialog id="keys" class="app-dialog" aria-labelledby="keys-title">
        <div class="card">
          <div class="card-header">
            <h2 class="card-title" id="keys-title">{t.keys.title}</h2>
          </div>
          <dl class="card-body keys">
            {keys.map(([key, what]) => (
              <div>
                <dt>
                  <kbd>{key}</kbd>
                </dt>
                <dd>{what}</dd>
              </div>
            ))}
          </dl>
          <div class="card-footer">
            <button type="button" class="btn" data-close>{t.action.close}</button>
          </div>
        </div>
      </dialog>
      <dialog
        id="palette"
        class="app-dialog"
        aria-label={t.keys.palette}
        data-task={t.keys.taskOf("{id}")}
      >
        <div class="card">
          <input
            class="form-control form-control-lg palette-input"
            type="search"
            aria-label={t.keys.search}
            placeholder={t.keys.search}
            autocomplete="off"
            role="combobox"
            aria-expanded="true"
            aria-controls="palette-hits"
          />
          <ul
            id="palette-hits"
            class="palette-hits"
            role="listbox"
            aria-label={t.keys.palette}
            data-none={t.keys.noHit}
          />
        </div>
      </dialog>
    </>
  );
}
