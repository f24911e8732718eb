/** A thread that reads the journal, by a connection that cannot write. */
import { statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { type ErrorCode, LidoError, messageOf } from "../../../model/errors.ts";
import { ReadStore } from "./read_store.ts";
import { hostPort } from "./host_port.ts";
import { isDamage, openError } from "./open_error.ts";
import { Statements } from "./statements.ts";

/** A read that is wanted: a method of `ReadStore` and its arguments. */
export type ToReader =
  | { readonly kind: "open"; readonly journalPath: string; readonly searchPath: string }
  | {
    readonly kind: "read";
    readonly number: number;
    readonly method: ReadMethod;
    readonly args: readonly unknown[];
  }
  | { readonly kind: "close" };

/** What can be read. */
export type ReadMethod = {
  [Key in keyof ReadStore]: ReadStore[Key] extends (...args: never[]) => unknown ? Key : never;
}[keyof ReadStore];

/** What the thread answers. */
export type FromReader =
  | { readonly kind: "opened" }
  | { readonly kind: "refused"; readonly code: ErrorCode; readonly message: string }
  | { readonly kind: "closed" }
  /** The text index is damaged: lists are read without it. */
  | { readonly kind: "index_damaged"; readonly message: string }
  /** JSON, for a text crosses to another thread many times faster; left out where nothing is found. */
  | { readonly kind: "answer"; readonly number: number; readonly text: string | undefined }
  | {
    readonly kind: "error";
    readonly number: number;
    readonly code: ErrorCode | null;
    readonly message: string;
  };

const host = hostPort<ToReader, FromReader>();
let journal: DatabaseSync | undefined;
let search: { readonly db: DatabaseSync; readonly statements: Statements } | undefined;
let searchPath = "";
/** Tells one file of that path from another. */
let searchFile: number | undefined;
let isWithoutSearch = false;
let store: ReadStore | undefined;

function openReadOnly(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { readOnly: true, timeout: 1_000 });
  db.exec(`
    PRAGMA query_only = ON;
    PRAGMA cache_size = -8192;
    PRAGMA cell_size_check = ON;
    PRAGMA trusted_schema = OFF;
  `);
  return db;
}

/** The index is made by another thread, a moment after the start, or when it was damaged. */
function openSearch(): Statements | undefined {
  if (isWithoutSearch) return undefined;
  try {
    const file = statSync(searchPath, { throwIfNoEntry: false })?.ino;
    if (file !== searchFile) closeSearch();
    if (file === undefined) return undefined;
    search ??= withStatements(openReadOnly(searchPath));
    searchFile = file;
    search.statements.prepare("SELECT seq FROM progress").get();
    return search.statements;
  } catch {
    closeSearch(); // the thread that keeps it up tells why
    return undefined;
  }
}

function withStatements(db: DatabaseSync) {
  return { db, statements: new Statements(db) };
}

function closeSearch(): void {
  search?.db.close();
  search = undefined;
}

function read(method: ReadMethod, args: readonly unknown[]): unknown {
  if (store === undefined) throw new TypeError("Cannot read journal: it is not open");
  const call = store[method] as (...args: readonly unknown[]) => unknown; // as the host typed it
  try {
    return call.apply(store, args as unknown[]);
  } catch (error) {
    if (search === undefined || error instanceof LidoError) throw error;
    return readWithoutSearch(() => call.apply(store, args as unknown[]), error);
  }
}

/** What fails with the index and succeeds without was the index's fault. */
function readWithoutSearch(call: () => unknown, error: unknown): unknown {
  closeSearch();
  isWithoutSearch = true;
  try {
    const value = call();
    const message = messageOf(error);
    if (isDamage(error)) host.postMessage({ kind: "index_damaged", message });
    return value;
  } finally {
    isWithoutSearch = false;
  }
}

function errorOf(number: number, error: unknown): FromReader {
  const message = messageOf(error);
  if (isDamage(error)) {
    return {
      kind: "error",
      number,
      code: "journal_corrupt",
      message: `Cannot read journal: ${message}`,
    };
  }
  const code = error instanceof LidoError ? error.code : null;
  return { kind: "error", number, code, message };
}

host.onmessage = ({ data }) => {
  const answer = (message: FromReader) => host.postMessage(message);
  switch (data.kind) {
    case "open":
      try {
        journal = openReadOnly(data.journalPath);
        searchPath = data.searchPath;
        store = new ReadStore(journal, openSearch);
        return answer({ kind: "opened" });
      } catch (error) {
        const { code, message } = openError(data.journalPath, error);
        return answer({ kind: "refused", code, message });
      }
    case "read":
      try {
        return answer({
          kind: "answer",
          number: data.number,
          text: JSON.stringify(read(data.method, data.args)),
        });
      } catch (error) {
        return answer(errorOf(data.number, error));
      }
    case "close":
      journal?.close();
      search?.db.close();
      answer({ kind: "closed" });
  }
};
