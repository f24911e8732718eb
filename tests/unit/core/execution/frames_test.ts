import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { Writable } from "node:stream";
import fc from "fast-check";
import {
  decodeBatch,
  encodeBatch,
  type Frame,
  FRAME_BYTES_MAX,
  type FrameKind,
  FrameReader,
  writeFrame,
} from "../../../../core/execution/frames.ts";

const KEY = 0xfedc_ba98_7654_3210n;

const kind = fc.constantFrom("control" as const, "run" as const, "outcomes" as const);
const text = fc.string({ unit: "binary", maxLength: 200 });

/** A frame's bytes, as they are written to a channel. */
function encodeFrame(frameKind: FrameKind, payload: string, key = KEY): Uint8Array {
  const chunks: Uint8Array[] = [];
  const channel = new Writable({
    write(chunk: Uint8Array, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  writeFrame(channel, frameKind, payload, key);
  return joined(chunks);
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(chunks.flatMap((chunk) => [...chunk]));
}

/** Cuts bytes at the given places. */
function cutAt(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const edges = [0, ...places.map((place) => place % (bytes.length + 1)), bytes.length];
  edges.sort((one, other) => one - other);
  return edges.slice(1).map((end, at) => bytes.subarray(edges[at], end));
}

Deno.test("FrameReader gives the same frames however their bytes are cut", () => {
  const frames = fc.array(fc.record({ kind, payload: text }, { noNullPrototype: true }), {
    maxLength: 8,
  });
  const places = fc.array(fc.nat(), { maxLength: 20 });
  fc.assert(fc.property(frames, places, (sent, cuts) => {
    const bytes = joined(sent.map((frame) => encodeFrame(frame.kind, frame.payload)));
    const reader = new FrameReader(KEY);
    const read: Frame[] = cutAt(bytes, cuts).flatMap((chunk) => reader.read(chunk));
    deepStrictEqual(read, sent);
  }));
});

Deno.test("FrameReader reads a stream byte by byte", () => {
  const bytes = joined([
    encodeFrame("control", "{}"),
    encodeFrame("run", ""),
    encodeFrame("run", "é"),
  ]);
  const reader = new FrameReader(KEY);
  deepStrictEqual([...bytes].flatMap((byte) => reader.read(Uint8Array.of(byte))), [
    { kind: "control", payload: "{}" },
    { kind: "run", payload: "" },
    { kind: "run", payload: "é" },
  ]);
});

Deno.test("FrameReader throws RangeError when a frame is larger than allowed", () => {
  const head = encodeFrame("run", "");
  new DataView(head.buffer).setUint32(0, FRAME_BYTES_MAX + 1, true);
  throws(() => new FrameReader(KEY).read(head), RangeError);
});

Deno.test("FrameReader throws RangeError when a frame is of no known kind", () => {
  const frame = encodeFrame("run", "x");
  frame[4] = 3;
  throws(() => new FrameReader(KEY).read(frame), RangeError);
});

Deno.test("FrameReader throws RangeError when a frame does not carry its key", () => {
  const other = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).filter((key) => key !== KEY);
  fc.assert(fc.property(other, (key) => {
    const bytes = joined([encodeFrame("run", "mine"), encodeFrame("run", "forged", key)]);
    throws(() => new FrameReader(KEY).read(bytes), {
      message: /does not carry the channel's key/,
    });
  }));
});

Deno.test("encodeBatch() and decodeBatch() give back header and texts, null ones too", () => {
  const texts = fc.array(fc.option(text, { nil: null }));
  const header = fc.dictionary(
    fc.string({ minLength: 1 }).filter((key) => key !== "lengths"),
    fc.integer(),
  );
  fc.assert(fc.property(header, texts, (head, parts) => {
    const opened = decodeBatch(encodeBatch(head, parts));
    deepStrictEqual({ ...opened.header }, { ...head });
    deepStrictEqual(opened.texts, parts);
  }));
});

Deno.test("A batch with lone surrogates keeps its other texts in their places", () => {
  const payload = encodeBatch({ first: 0 }, ["a\ud800b", "\udc00", "after"]);
  const [frame] = new FrameReader(KEY).read(encodeFrame("run", payload));
  const { texts } = decodeBatch(frame?.payload ?? "");
  deepStrictEqual(texts, ["a\ufffdb", "\ufffd", "after"]);
});

Deno.test("An empty batch has a header and no text", () => {
  deepStrictEqual(decodeBatch(encodeBatch({}, [])), { header: {}, texts: [] });
  strictEqual(encodeFrame("control", "").length, 13);
});
