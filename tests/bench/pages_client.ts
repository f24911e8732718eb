/**
 * The client of `bench:pages`, in a thread of its own: what it does with answers does not slow the
 * server down, as a browser does not.
 */
/// <reference lib="deno.worker" />

/** What the client is to ask for. */
export interface SampleRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What each answer must be. */
  readonly status: number;
  readonly samples: number;
}

/** What came of it: milliseconds until each answer's head was there, shortest first. */
export interface Sample {
  readonly times: readonly number[];
  /** Of the last answer's body. */
  readonly bytes: number;
}

/** Asked for before anything is measured. */
const WARM_UP = 20;

self.onmessage = async ({ data }: MessageEvent<SampleRequest>) => {
  const { url, headers, status, samples } = data;
  const times: number[] = [];
  let bytes = 0;
  for (let turn = -WARM_UP; turn < samples; turn++) {
    const beganMs = performance.now();
    const response = await fetch(url, { headers });
    const tookMs = performance.now() - beganMs;
    bytes = (await response.arrayBuffer()).byteLength;
    if (response.status !== status) {
      throw new TypeError(`Cannot measure: ${url} gave ${response.status}`);
    }
    if (turn >= 0) times.push(tookMs);
  }
  const sample: Sample = { times: times.sort((one, other) => one - other), bytes };
  self.postMessage(sample);
};
