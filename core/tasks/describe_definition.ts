/** From a definition to what the server knows of it; the same for built-in and users' task types. */
import { z } from "zod";
import type { JsonSchema, TaskType } from "../model/task_type.ts";
import type { TaskDefinition } from "./define_task.ts";

/** The part of a {@link TaskType} that comes from the definition, not from the file. */
export type TaskDescription = Pick<
  TaskType,
  "name" | "description" | "inputSchema" | "outputSchema" | "examples"
>;

/** Keyword of an input's schema: a submission may leave the whole input out. */
export const X_OPTIONAL = "x-optional";

/** What says nothing about which values are valid. */
const ANNOTATIONS = ["title", "description", "examples", "default", "deprecated"];
/** What a check that rewrites the value before it (`trim`) makes untrue for the value as sent. */
const LIMITS = [
  ...["pattern", "format", "allOf", "minLength", "maxLength", "contentEncoding"],
  ...["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"],
  ...["minItems", "maxItems"],
];

/**
 * Describes a definition.
 * @throws {TypeError} if its examples are no JSON.
 * @throws {Error} if zod has no JSON Schema for it.
 */
export function describeDefinition(definition: TaskDefinition): TaskDescription {
  const { name, description, input, output, examples = [] } = definition;
  return {
    name,
    description,
    inputSchema: describeInput(input),
    outputSchema: output === undefined
      ? null
      : z.toJSONSchema(output, { io: "output", unrepresentable: "any" }),
    examples: plainCopy(examples),
  };
}

/**
 * The server refuses by this schema what the thread would refuse by the real one, and must refuse
 * nothing else. So where JSON Schema cannot say what zod does, the schema says less.
 */
function describeInput(input: z.ZodType): JsonSchema {
  const schema = z.toJSONSchema(input, {
    io: "input",
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      if (takesAnything(zodSchema._zod.def)) {
        drop(jsonSchema, (key) => !ANNOTATIONS.includes(key));
      } else if (rewrites(zodSchema)) drop(jsonSchema, (key) => LIMITS.includes(key));
      else if (hasFlaggedPattern(zodSchema)) {
        drop(jsonSchema, (key) => key === "pattern" || key === "format" || key === "allOf");
      }
    },
  });
  const isOptional = input._zod.optin === "optional" && !("default" in schema);
  return isOptional ? { ...schema, [X_OPTIONAL]: true } : schema;
}

/** Coercion, `catch` and `preprocess` look at any value. */
function takesAnything(def: z.core.$ZodTypeDef): boolean {
  if (def.type === "catch" || "coerce" in def && def.coerce === true) return true;
  return def.type === "pipe" && "in" in def &&
    (def.in as z.ZodType)._zod.def.type === "transform"; // a pipe's `in` is a schema
}

function rewrites({ _zod: { def } }: z.core.$ZodType): boolean {
  return def.checks?.some(({ _zod: { def } }) => def.check === "overwrite") ?? false;
}

/** JSON Schema has no flags: `/^a$/i` would come out as `/^a$/`. */
function hasFlaggedPattern({ _zod: { def } }: z.core.$ZodType): boolean {
  const defs = [def, ...(def.checks ?? []).map((check) => check._zod.def)];
  return defs.some((def) =>
    "pattern" in def && def.pattern instanceof RegExp && def.pattern.flags !== ""
  );
}

function drop(schema: Record<string, unknown>, isUnwanted: (key: string) => boolean): void {
  for (const key of Object.keys(schema).filter(isUnwanted)) delete schema[key];
}

function plainCopy(examples: readonly unknown[]): readonly unknown[] {
  try {
    return JSON.parse(JSON.stringify(examples));
  } catch (error) {
    throw new TypeError("its examples are no JSON", { cause: error });
  }
}
