import { deepStrictEqual } from "node:assert/strict";
import { appWith } from "../../../helpers/app_with.ts";
import { POOL_ID } from "../../../helpers/fake_manager.ts";
import { BODY_BYTES_MAX } from "../../../../routes/guards/body_guard.ts";

const JSON_TYPE = { "content-type": "application/json" };
const PAUSE = `/api/pools/${POOL_ID}/pause`;

/** An empty object that comes in chunks, without a length in front. */
function chunked(chunks: number, chunkBytes: number): ReadableStream<Uint8Array> {
  const inside = " ".repeat(chunkBytes - 1);
  const between = Array.from({ length: chunks - 2 }, () => ` ${inside}`);
  return ReadableStream.from([`{${inside}`, ...between, `${inside}}`])
    .pipeThrough(new TextEncoderStream());
}

async function post(path: string, request: RequestInit, options = {}) {
  const { app, calls } = appWith({}, options);
  const response = await app.request(path, { method: "POST", ...request });
  const { code } = await response.json();
  return { status: response.status, code, calls: calls.map((call) => call.method) };
}

const TOO_LARGE = { status: 413, code: "body_too_large", calls: [] };

Deno.test("readBody() refuses a length beyond the limit without reading", async () => {
  const headers = { ...JSON_TYPE, "content-length": String(BODY_BYTES_MAX + 1) };
  deepStrictEqual(await post("/api/pools", { headers, body: "{}" }), TOO_LARGE);
});

Deno.test("readBody() refuses chunks beyond the limit, also where no handler reads them", async () => {
  for (const path of ["/api/pools", PAUSE, "/nothing"]) {
    const body = chunked(17, 1024 * 1024);
    deepStrictEqual(await post(path, { headers: JSON_TYPE, body }), TOO_LARGE);
  }
});

Deno.test("readBody() takes a body of exactly the limit", async () => {
  const body = chunked(16, 1024 * 1024);
  const answered = await post(PAUSE, { headers: JSON_TYPE, body });
  deepStrictEqual(answered, { status: 200, code: undefined, calls: ["pausePool"] });
});

Deno.test("readBody() puts a chunked body together in its order", async () => {
  const text = '{"max_workers":7}';
  const chunks = [...text].map((letter) => new TextEncoder().encode(letter));
  const { app, calls } = appWith();
  const body = ReadableStream.from(chunks);
  const response = await app.request(`/api/pools/${POOL_ID}`, {
    method: "PATCH",
    headers: JSON_TYPE,
    body,
  });
  await response.body?.cancel();
  deepStrictEqual(calls, [{ method: "changePool", args: [POOL_ID, { maxThreads: 7 }, {}] }]);
});

Deno.test("readBody() answers 408 when the body does not come in time", async () => {
  const body = new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(1)) });
  const answered = await post("/api/pools", { headers: JSON_TYPE, body }, { bodyTimeoutMs: 1 });
  deepStrictEqual(answered, { status: 408, code: "request_timeout", calls: [] });
});

Deno.test("readBody() gives a small body less time, and says of one that breaks off that it did", async () => {
  const drop = new Uint8Array(1);
  const headers = { ...JSON_TYPE, "content-length": "10" };
  const slow = new ReadableStream({ start: (controller) => controller.enqueue(drop) });
  const short = { smallBodyTimeoutMs: 1 };
  const late = { status: 408, code: "request_timeout", calls: [] };
  deepStrictEqual(await post("/api/pools", { headers, body: slow }, short), late);
  const cases = [
    ["/api/pools", "application/json"],
    ["/api/tasks/batch?atomic=true", "application/x-ndjson"],
  ] as const;
  for (const [path, type] of cases) {
    const body = new ReadableStream({ pull: (controller) => controller.error(new Error("gone")) });
    deepStrictEqual(await post(path, { headers: { "content-type": type }, body }), late);
  }
});

const UNSUPPORTED = { status: 415, code: "unsupported_media_type", calls: [] };

Deno.test.each([
  [{ "content-type": "text/plain" }],
  [{ "content-type": "application/x-www-form-urlencoded" }],
  [{ "content-type": "multipart/form-data; boundary=x" }],
  [{ "content-type": "application/json; charset=utf-7" }],
  [{ "content-type": "application/json; charset=utf-16" }],
  [{ "content-type": "application/jsonp" }],
  [{ "content-type": "text/plain, application/json" }],
  [{ "content-type": "" }],
  [{ "content-type": "application/json", "content-encoding": "gzip" }],
  [{ "content-type": "application/json", "content-encoding": "br" }],
])("checkJsonType() refuses a body with %j", async (headers) => {
  for (const path of ["/api/pools", PAUSE]) {
    const body = new TextEncoder().encode("{}");
    deepStrictEqual(await post(path, { headers, body }), UNSUPPORTED);
  }
});

Deno.test.each([
  [{ "content-type": "application/json" }],
  [{ "content-type": "Application/JSON; charset=UTF-8" }],
  [{ "content-type": 'application/json;charset="utf-8"' }],
])("checkJsonType() lets a body with %j through", async (headers) => {
  const answered = await post("/api/pools", { headers, body: "{}" });
  deepStrictEqual(answered, { status: 201, code: undefined, calls: ["createPool"] });
});

Deno.test("checkJsonType() asks for no type where there is no body", async () => {
  const headers = { "content-type": "text/plain" };
  deepStrictEqual((await post(PAUSE, { headers, body: "" })).status, 200);
  deepStrictEqual((await post(PAUSE, {})).status, 200);
});

Deno.test("readJson() refuses what is no JSON, and the manager is not called", async () => {
  for (const body of ["", "{", '{"name":"a","name":"b"}', '{"__proto__":{}}', "\ufeff{}"]) {
    const paths = ["/api/pools", "/api/tasks", "/api/tasks/batch"];
    for (const path of paths) {
      const answered = await post(path, { headers: JSON_TYPE, body });
      deepStrictEqual(answered, { status: 400, code: "invalid_json", calls: [] });
    }
  }
});
