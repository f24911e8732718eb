/** What a thread keeps of the spans of task code, with real threads. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import type { TaskSpan } from "../../../../core/execution/protocol.ts";
import { type StartedPool, startPool } from "../../../helpers/start_pool.ts";

const TRACEPARENT = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
const RECORDED = { traceparent: TRACEPARENT, isRecorded: true };

/** Makes spans in a task of a trace, or of none; gives what it returned and what was kept. */
async function makeSpans(
  { pool, isolation }: { readonly pool: StartedPool; readonly isolation: string },
  input: { names: readonly string[]; attributes?: number; chars?: number; kind?: unknown },
  trace?: { readonly traceparent: string; readonly isRecorded: boolean },
) {
  const attempt = pool.submit("spans", input, trace && { trace });
  const outcome = await attempt.whenEnded();
  ok(outcome.kind === "done", JSON.stringify(outcome));
  const value = isolation === "process" ? JSON.parse(String(outcome.value)) : outcome.value;
  const { thread, traceparent } = value as { thread: string; traceparent: string | null };
  return { thread, traceparent, spans: attempt.spans };
}

/** Pairs of a span's name and that of the one above it. */
function edges(spans: readonly TaskSpan[]): readonly (readonly [string, string])[] {
  const names = new Map(spans.map(({ id, name }) => [id, name]));
  return spans.map(({ name, parentId }) => [names.get(parentId) ?? parentId, name]);
}

for (const isolation of ["thread", "process"] as const) {
  Deno.test(`A thread in isolation ${isolation} keeps the spans of attempts that are traced, and only those`, async () => {
    await using pool = startPool({ isolation });
    const world = { pool, isolation };
    // The type is loaded by then: what is loaded for spans alone is still to come.
    const before = await makeSpans(world, { names: ["outer"] });
    const traced = await makeSpans(world, { names: ["outer", "inner"] }, RECORDED);
    deepStrictEqual(edges(traced.spans), [["outer", "inner"], ["b".repeat(16), "outer"]]);
    ok(traced.spans.every(({ startMs, endMs }) => startMs > 0 && endMs >= startMs));
    const unwanted = { ...RECORDED, isRecorded: false };
    const kept = await makeSpans(world, { names: ["outer"] }, unwanted);
    const again = await makeSpans(world, { names: ["again"] }, RECORDED);
    const all = [before, traced, kept, again];
    deepStrictEqual(
      all.map(({ traceparent, spans }) => [traceparent, spans.length]),
      [[null, 0], [TRACEPARENT, 2], [TRACEPARENT, 0], [TRACEPARENT, 1]],
    );
    // It is no damage that a task did: the thread goes on.
    strictEqual(new Set(all.map(({ thread }) => thread)).size, 1);
  });

  Deno.test(`A thread in isolation ${isolation} keeps the spans of attempts apart that run at once`, async () => {
    await using pool = startPool({ isolation, tasksPerThread: 8 });
    const world = { pool, isolation };
    const all = await Promise.all(Array.from({ length: 8 }, async (_, at) => {
      const traceparent = `00-${"a".repeat(32)}-${`${at}`.repeat(16).replaceAll("0", "f")}-01`;
      const names = [`outer ${at}`, `inner ${at}`];
      return (await makeSpans(world, { names }, { traceparent, isRecorded: true })).spans;
    }));
    deepStrictEqual(
      all.map((spans) => spans.map(({ name }) => name)),
      all.map((_, at) => [`inner ${at}`, `outer ${at}`]),
    );
  });

  Deno.test(`A thread in isolation ${isolation} keeps spans within their limits`, async () => {
    await using pool = startPool({ isolation });
    const names = Array.from({ length: 120 }, (_, at) => `${at} ${"n".repeat(300)}`);
    const { spans } = await makeSpans(
      { pool, isolation },
      { names, attributes: 50, chars: 3_000, kind: "CLIENT" },
      RECORDED,
    );
    strictEqual(spans.length, 100);
    for (const { name, kind, attributes } of spans) {
      strictEqual(kind, 0); // there is none of that name
      strictEqual(name.length, 200);
      deepStrictEqual(
        new Set(Object.values(attributes).map((text) => String(text).length)),
        new Set([1_024]),
      );
      strictEqual(Object.keys(attributes).length, 32);
    }
  });
}
