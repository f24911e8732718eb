/** How an operation of the API is described: what comes, what is answered, and what can go wrong. */
import type { z } from "zod";
import type { ErrorCode } from "../../../core/mod.ts";
import type { HttpErrorCode } from "../../errors.ts";
import type { FieldNames } from "../wire.ts";
import type { HeaderName } from "./headers.ts";

/** One parameter of the address, or one header. */
export interface Parameter {
  readonly schema: z.ZodType;
  readonly description: string;
  readonly in?: "query" | "header";
}

/** What a request's body holds. */
export interface Body {
  readonly schema: z.ZodType;
  /** Where the model's names differ from the wire's. */
  readonly names?: FieldNames;
  /** Fields of the model that the wire has a default for. */
  readonly optional?: readonly string[];
  readonly example: unknown;
  readonly isOptional?: boolean;
  /** What the schema is called among the document's components. */
  readonly component?: string;
  /** Other forms of a body, by their type: NDJSON. */
  readonly others?: Readonly<Record<string, string>>;
}

/** What is answered when all goes well. */
export interface Answer {
  readonly status: number;
  readonly description: string;
  /** What `data` holds; left out where the answer is no JSON of the envelope. */
  readonly data?: z.ZodType;
  /** What is beside `data`. */
  readonly beside?: Readonly<Record<string, z.ZodType>>;
  /** JSON without the envelope. */
  readonly bare?: z.ZodType;
  /** Another type than JSON. */
  readonly type?: string;
  /** What it can be beside that, where the request says so. */
  readonly otherTypes?: readonly string[];
  /** Headers beside those that every answer has. */
  readonly headers?: readonly HeaderName[];
}

/** See the head of this file. */
export interface Operation {
  readonly id: string;
  readonly method: "get" | "post" | "put" | "patch" | "delete";
  /** With `{name}` for what varies. */
  readonly path: string;
  readonly tag: "Pools" | "Tasks" | "Task types" | "Views" | "Alerts" | "Server";
  readonly summary: string;
  readonly parameters?: Readonly<Record<string, Parameter>>;
  readonly body?: Body;
  readonly answers: readonly Answer[];
  /** Beside those that every operation has. */
  readonly errors: readonly (ErrorCode | HttpErrorCode)[];
}
