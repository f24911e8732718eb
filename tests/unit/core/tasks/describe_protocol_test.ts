import { deepStrictEqual, throws } from "node:assert/strict";
import { LINE_CHARS_MAX, LineReader } from "../../../../core/tasks/describe_protocol.ts";

const bytes = new TextEncoder().encode("ab\nöc\n");

Deno.test("LineReader gives whole lines, wherever the stream is cut", () => {
  for (let cut = 0; cut <= bytes.length; cut++) {
    const reader = new LineReader();
    const lines = [...reader.read(bytes.slice(0, cut)), ...reader.read(bytes.slice(cut))];
    deepStrictEqual(lines, ["ab", "öc"]);
  }
});

Deno.test("LineReader throws RangeError when a line has no end", () => {
  const reader = new LineReader();
  reader.read(new Uint8Array(LINE_CHARS_MAX).fill(65));
  throws(() => reader.read(new Uint8Array(1).fill(65)), RangeError);
});
