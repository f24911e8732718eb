import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { z } from "zod";
import {
  parseStored,
  readStoredJson,
} from "../../../../../../core/engine/local/journal/stored_json.ts";
import { LidoError } from "../../../../../../core/model/errors.ts";

const Point = z.object({ x: z.int(), y: z.int().default(2) });

function isDamage(error: unknown): boolean {
  ok(error instanceof LidoError, String(error));
  strictEqual(error.code, "journal_corrupt");
  ok(error.message.startsWith("Cannot read journal: it was damaged: "), error.message);
  ok(error.message.endsWith("; `deno task restore` puts a backup in its place"), error.message);
  ok(error.cause instanceof Error);
  ok(error.message.includes(error.cause.message), error.message);
  return true;
}

Deno.test("readStoredJson() gives what was written", () => {
  deepStrictEqual(readStoredJson('{"a":[1,null,"ÿ"]}'), { a: [1, null, "ÿ"] });
});

Deno.test.each(["", "{", '{"a":1', "undefined", "{}x"])(
  "readStoredJson() says that the file was damaged: %j",
  (text) => {
    throws(() => readStoredJson(text), isDamage);
  },
);

Deno.test("parseStored() gives what the schema makes of it", () => {
  deepStrictEqual(parseStored(Point, '{"x":1,"more":0}'), { x: 1, y: 2 });
});

Deno.test.each(['{"x":"1"}', "{}", "null", "[1", ""])(
  "parseStored() says that the file was damaged: %j",
  (text) => {
    throws(() => parseStored(Point, text), isDamage);
  },
);
