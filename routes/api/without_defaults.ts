/** A schema's fields without what stands for them when they are left out. */
import { z } from "zod";

/** The same fields, none with a default. */
type WithoutDefaults<Shape> = {
  readonly [Name in keyof Shape]: Shape[Name] extends z.ZodDefault<infer Inner> ? Inner
    : Shape[Name];
};

/** Takes the fields' own defaults away; what is said of each stays. */
export function withoutDefaults<Shape extends Readonly<Record<string, z.ZodType>>>(
  shape: Shape,
): WithoutDefaults<Shape> {
  return Object.fromEntries(
    Object.entries(shape).map(([name, schema]) => [name, withoutDefault(schema)]),
  ) as WithoutDefaults<Shape>; // field by field
}

function withoutDefault(schema: z.ZodType): z.ZodType {
  if (!(schema instanceof z.ZodDefault)) return schema;
  const inner = schema.unwrap() as z.ZodType; // of which each default is made
  const said = schema.meta();
  return said === undefined ? inner : inner.meta({ ...inner.meta(), ...said });
}
