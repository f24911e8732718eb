/** Lido's own version; a test holds it against the project's. */
export const VERSION = "0.1.0";
