/** Checks inputs by a JSON Schema, in the server, which never imports a task's code. */
import { z } from "zod";
import type { Fault } from "../model/errors.ts";
import { faultsOf } from "../model/faults.ts";
import type { JsonSchema } from "../model/task_type.ts";
import { X_OPTIONAL } from "./describe_definition.ts";

/** Gives every fault of an input, with its place; none when it may run. */
export type InputCheck = (input: unknown) => readonly Fault[];

/** Compiles a check. A schema that zod cannot read checks nothing: the thread parses all inputs. */
export function compileInputCheck(schema: JsonSchema): InputCheck {
  const formats = new Map<string, string>();
  const compiled = compile(schema, formats);
  const isOptional = schema[X_OPTIONAL] === true;
  return (input) => {
    if (compiled === undefined || isOptional && input === undefined) return [];
    const result = compiled.safeParse(input);
    if (result.success) return [];
    const issues = result.error.issues.flatMap(chooseBranch).map((issue) => {
      const format = issue.code === "invalid_format" && formats.get(issue.pattern ?? "");
      return format ? { ...issue, message: `Invalid ${format}` } : issue;
    });
    return faultsOf(new z.ZodError(issues)).map(({ path, message }) => ({
      path: ["input", ...path],
      message,
    }));
  };
}

function compile(schema: JsonSchema, formats: Map<string, string>): z.ZodType | undefined {
  try {
    // A JSON Schema is a plain object; zod's type for one is stricter than what it reads.
    return z.fromJSONSchema(
      settleFormats(schema, formats) as Parameters<typeof z.fromJSONSchema>[0],
    );
  } catch {
    return undefined;
  }
}

/** Of a union, the complaints of the one form that was meant: whose fixed values (its tag) agree. */
function chooseBranch(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== "invalid_union") return [issue];
  const meant = issue.errors.filter((branch) =>
    branch.every(({ code }) => code !== "invalid_value")
  );
  const [branch, ...others] = meant.filter((branch) => branch.some(({ path }) => path.length > 0));
  if (branch === undefined || others.length > 0) return [issue];
  return branch.flatMap((inner) =>
    chooseBranch({ ...inner, path: [...issue.path, ...inner.path] } as z.core.$ZodIssue)
  );
}

/**
 * A text's format and pattern say the same, but zod reads a format as one certain form of it:
 * `z.email({ pattern })` would be held to the usual pattern too. So the pattern alone counts.
 * `formats` gets what each stands for: no message should show a pattern of three lines.
 */
function settleFormats(schema: unknown, formats: Map<string, string>): unknown {
  if (Array.isArray(schema)) return schema.map((part) => settleFormats(part, formats));
  if (typeof schema !== "object" || schema === null) return schema;
  const entries = Object.entries(schema).map(([key, part]) => [key, settleFormats(part, formats)]);
  const settled: Record<string, unknown> = Object.fromEntries(entries);
  const { format, pattern, allOf } = settled;
  const hasPattern = typeof pattern === "string" || Array.isArray(allOf);
  if (typeof format !== "string" || !hasPattern) return settled;
  if (!isPattern(format)) return settled;
  delete settled.format;
  if (typeof pattern === "string") formats.set(String(new RegExp(pattern)), format);
  return settled;
}

/** Whether zod tests a format by a pattern alone; of `uri`, say, it does more. */
function isPattern(format: string): boolean {
  const usual = z.fromJSONSchema({ type: "string", format });
  return z.toJSONSchema(usual, { unrepresentable: "any" }).pattern !== undefined;
}
