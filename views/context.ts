/** What every part of a page may ask for: the language, and where the files of the pages are. */
import { createContext, useContext } from "hono/jsx";
import { Language } from "./i18n/language.ts";

/** See the head of this file. */
export interface ViewContext {
  readonly language: Language;
  /** Addresses of static files by their names; they change with the files. */
  readonly files: ReadonlyMap<string, string>;
}

/** Set once around everything that is rendered for one request. */
export const View = createContext<ViewContext>({
  language: new Language("en", 0),
  files: new Map(),
});

/** The words and formats of the request. */
export function useLanguage(): Language {
  return useContext(View).language;
}

/** The address of a static file. */
export function useFile(name: string): string {
  return useContext(View).files.get(name) ?? `/static/${name}`;
}
