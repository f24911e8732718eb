import type { ErrorParts } from "./protocol.ts";

const MESSAGE_CHARS_MAX = 8_192;

/**
 * What is kept of a thrown value. Anything can be thrown, and its properties can throw again or
 * lie, so nothing here trusts it.
 */
export function errorPartsOf(thrown: unknown): ErrorParts {
  return {
    name: textOf(() => thrown instanceof Error ? thrown.name : "Error") ?? "Error",
    message: textOf(() => thrown instanceof Error ? thrown.message : describe(thrown)) ??
      "An error that cannot be read",
    stack: textOf(() => thrown instanceof Error ? thrown.stack : undefined),
  };
}

function describe(thrown: unknown): string {
  return typeof thrown === "object" && thrown !== null
    ? JSON.stringify(thrown) ?? "An object"
    : String(thrown);
}

function textOf(read: () => unknown): string | null {
  try {
    const text = read();
    return text === undefined ? null : String(text).slice(0, MESSAGE_CHARS_MAX);
  } catch {
    return null; // a hostile getter: there is nothing to read
  }
}
