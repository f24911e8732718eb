import { strictEqual } from "node:assert/strict";
import { parseTime } from "../../../../routes/api/query.ts";

const NOON = Date.UTC(2026, 0, 1, 12);

for (
  const [text, atMs] of [
    ["2026-01-01T12:00:00Z", NOON],
    ["2026-01-01T12:00:00.5Z", NOON + 500],
    ["2026-01-01T12:00Z", NOON],
    ["2026-01-01T13:00:00+01:00", NOON],
    ["2026-01-01T12:00:00", NOON],
    ["2026-01-01T12:00", NOON],
    ["2026-01-01", Date.UTC(2026, 0, 1)],
    ["2024-02-29", Date.UTC(2024, 1, 29)],
    ["2026-02-29", undefined],
    ["2026-02-31T00:00:00Z", undefined],
    ["2026-01-01T25:00:00Z", undefined],
    ["2026-01-01 (foo)", undefined],
    ["2026-01-01 12:00 PST", undefined],
    ["2026-01-01 12:00:00", undefined],
    ["2026-1-1", undefined],
    ["", undefined],
  ] as const
) {
  Deno.test(`parseTime() takes ${JSON.stringify(text)} for ${atMs ?? "no time"}`, () => {
    // Where the server is must not matter: the test would not see it where that is UTC.
    const { TZ } = Deno.env.toObject();
    Deno.env.set("TZ", "America/New_York");
    try {
      strictEqual(parseTime(text), atMs);
    } finally {
      if (TZ === undefined) Deno.env.delete("TZ");
      else Deno.env.set("TZ", TZ);
    }
  });
}
