import { setTimeout as wait } from "node:timers/promises";
import { defineTask, type TaskDefinition, z } from "lido";

const Input = z.strictObject({
  pages: z.int().min(1).meta({ description: "How many pages there are" }),
  pauseMs: z.int().min(0).default(50).meta({ description: "Between two pages" }),
  start: z.strictObject({
    host: z.string().default("example.com").meta({ description: "Where it begins" }),
    depth: z.int().min(1).max(9).default(3),
  }).prefault({}),
  kinds: z.array(z.string()).default([]).meta({ description: "Only pages of these kinds" }),
  order: z.enum(["newest", "oldest"]).default("newest"),
  isPolite: z.boolean().default(true),
  token: z.string().max(100).optional().meta({ writeOnly: true, description: "Sent along" }),
});
const Output = z.object({ pages: z.int() });

/** Goes on until it is stopped, and tells how far it is. */
const crawl: TaskDefinition<typeof Input, typeof Output> = defineTask({
  name: "crawl",
  description: "Goes through pages, one after the other",
  input: Input,
  output: Output,
  examples: [{ pages: 10 }],
  async run({ pages, pauseMs }, ctx) {
    for (let page = 0; page < pages; page++) {
      ctx.progress(page, pages, `page ${page}`);
      await wait(pauseMs, undefined, { signal: ctx.signal });
    }
    return { pages };
  },
});
export default crawl;
