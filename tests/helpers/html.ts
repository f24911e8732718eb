/**
 * Reads HTML as a browser does, as far as the pages use it, and stricter: what is not closed in its
 * order is an error. So a text that was not escaped shows as an element, or makes the page unreadable.
 */

/** An element of a page. */
export interface HtmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  /** All text within it. */
  readonly text: string;
}

const VOID = new Set(["area", "base", "br", "col", "hr", "img", "input", "link", "meta", "wbr"]);
/** Elements in which nothing but their end is read; of the last two, entities are. */
const RAW = new Set(["script", "style", "textarea", "title"]);
const ENTITIES = new Map([["lt", "<"], ["gt", ">"], ["amp", "&"], ["quot", '"']]);
const TAG =
  /<(?:!DOCTYPE html|\/([a-z][\w-]*)|([a-z][\w-]*)((?:\s+[^\s=>/"'<]+(?:="[^"]*")?)*)\s*(\/?))>/y;
const ATTRIBUTE = /([^\s=>/"'<]+)(?:="([^"]*)")?/g;

/** All elements, in the order of their begin. @throws {Error} for what is not in order. */
export function readHtml(html: string): readonly HtmlElement[] {
  const elements: { name: string; attributes: ReadonlyMap<string, string>; text: string }[] = [];
  const open: typeof elements = [];
  let isSvg = 0;
  const addText = (text: string) => open.forEach((element) => element.text += text);
  for (let at = 0; at < html.length;) {
    if (html[at] !== "<") {
      const end = html.indexOf("<", at);
      const text = html.slice(at, end === -1 ? html.length : end);
      addText(decode(text));
      at += text.length;
      continue;
    }
    TAG.lastIndex = at;
    const match = TAG.exec(html);
    if (match === null) throw new Error(`No tag of ours: ${html.slice(at, at + 120)}`);
    at = TAG.lastIndex;
    const [, closed, name, attributes = "", slash] = match;
    if (closed !== undefined) {
      const last = open.pop();
      if (last?.name !== closed) throw new Error(`</${closed}> ends <${last?.name}>`);
      if (closed === "svg") isSvg--;
    }
    if (name === undefined) continue;
    const element = { name, attributes: readAttributes(attributes), text: "" };
    elements.push(element);
    if (VOID.has(name) || slash === "/") continue;
    if (name === "svg") isSvg++;
    if (RAW.has(name) && isSvg === 0) {
      const end = html.toLowerCase().indexOf(`</${name}>`, at);
      if (end === -1) throw new Error(`<${name}> has no end`);
      const inner = html.slice(at, end);
      element.text = name === "script" || name === "style" ? inner : decode(inner);
      if (name === "textarea") element.text = element.text.replace(/^\n/, "");
      at = end + name.length + 3;
      continue;
    }
    open.push(element);
  }
  if (open.length > 0) throw new Error(`<${open.at(-1)?.name}> has no end`);
  return elements;
}

/** What a form would send if nobody touched it, by the fields' names. */
export function fieldsOfHtml(elements: readonly HtmlElement[]): ReadonlyMap<string, string> {
  const fields = elements.flatMap(({ name, attributes, text }) => {
    const field = attributes.get("name");
    if (field === undefined || !["input", "textarea"].includes(name)) return [];
    return [[field, name === "textarea" ? text : attributes.get("value") ?? ""] as const];
  });
  return new Map(fields);
}

function readAttributes(text: string): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  for (const [, name = "", value = ""] of text.matchAll(ATTRIBUTE)) {
    if (attributes.has(name)) throw new Error(`${name} comes twice: ${text}`);
    attributes.set(name, decode(value));
  }
  return attributes;
}

function decode(text: string): string {
  return text.replaceAll(/&(?:#(\d+)|(\w+));/g, (whole, code, name) => {
    if (code !== undefined) return String.fromCodePoint(Number(code));
    const letter = ENTITIES.get(name);
    if (letter === undefined) throw new Error(`${whole} is no entity of ours`);
    return letter;
  });
}
