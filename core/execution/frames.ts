/**
 * Frames on a child's control channel: a length (4 bytes, little-endian), a kind (1 byte), a key
 * (8 bytes), a JSON header and, for batches, the inputs or results as one text behind it, so that JSON text is
 * neither parsed nor escaped on its way. A child's main thread forwards a batch as the text it is:
 * `receiveMessageOnPort` takes a hundred times longer for bytes (Deno 2.9.6).
 *
 * The key is what the host told the child before any task code was loaded. Task code can open the
 * channel's descriptor once more, write to it and read what the host says; but the key only ever
 * goes from child to host after that, so what task code writes is known for a forgery.
 */
import { Buffer } from "node:buffer";
import type { Writable } from "node:stream";

/** What a frame carries. */
export type FrameKind = "control" | "run" | "outcomes";

const KINDS: readonly FrameKind[] = ["control", "run", "outcomes"];
const HEAD_BYTES = 13;
/** The key of frames that go to a child: whoever can read them must not learn another. */
export const NO_KEY = 0n;
/** A frame beyond this is a fault of the other side: the channel is closed. */
export const FRAME_BYTES_MAX = 256 * 1024 * 1024;

const decoder = new TextDecoder();

/** A frame as it is read: the payload is not opened. */
export interface Frame {
  readonly kind: FrameKind;
  readonly payload: string;
}

/** Writes a frame. The text goes as it is: encoding it first takes three times as long. */
export function writeFrame(
  channel: Writable,
  kind: FrameKind,
  payload: string,
  key: bigint,
): void {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32LE(Buffer.byteLength(payload), 0);
  head.writeUInt8(KINDS.indexOf(kind), 4);
  head.writeBigUInt64LE(key, 5);
  channel.cork();
  channel.write(head);
  channel.write(payload, "utf8");
  channel.uncork();
}

/**
 * A batch's payload: header and texts. A text that is null stays null.
 * The header must not have a property `lengths`.
 */
export function encodeBatch(header: object, texts: readonly (string | null)[]): string {
  const lengths = texts.map((text) => text === null ? -1 : text.length);
  return JSON.stringify({ ...header, lengths }) + "\n" + texts.join("");
}

/** Opens a batch's payload: the header, and the texts in order. */
export function decodeBatch(
  payload: string,
): { header: Record<string, unknown>; texts: (string | null)[] } {
  const { lengths, ...header } = decodeHeader(payload);
  let at = payload.indexOf("\n") + 1;
  const texts = lengths.map((length) => length < 0 ? null : payload.slice(at, at += length));
  return { header, texts };
}

/** Opens the header alone, in which `lengths` tells how many texts follow. */
export function decodeHeader(
  payload: string,
): Record<string, unknown> & { readonly lengths: readonly number[] } {
  return JSON.parse(payload.slice(0, payload.indexOf("\n")));
}

/** Cuts a stream of bytes into frames. */
export class FrameReader {
  readonly #key: bigint;
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  /** Bytes that must be there before it is worth looking. */
  #wanted = HEAD_BYTES;

  /** Every frame must carry `key`. */
  constructor(key: bigint) {
    this.#key = key;
  }

  /**
   * Takes what came; gives the frames that are now whole.
   * @throws {RangeError} if a frame has another key, or says that it is larger than allowed, or of
   * no known kind.
   */
  read(chunk: Uint8Array): Frame[] {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes < this.#wanted) return [];
    const bytes = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks, this.#bytes);
    const frames: Frame[] = [];
    const rest = bytes.subarray(this.#cut(bytes, frames));
    this.#chunks = [rest];
    this.#bytes = rest.length;
    return frames;
  }

  /** Adds the whole frames; gives where the rest begins, and says how much the next one needs. */
  #cut(bytes: Uint8Array, frames: Frame[]): number {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#wanted = HEAD_BYTES;
    let at = 0;
    while (bytes.length - at >= HEAD_BYTES) {
      const length = view.getUint32(at, true);
      const kind = KINDS[view.getUint8(at + 4)];
      if (view.getBigUint64(at + 5, true) !== this.#key) {
        throw new RangeError("Cannot read frame: it does not carry the channel's key");
      }
      if (length > FRAME_BYTES_MAX || kind === undefined) {
        throw new RangeError(`Cannot read frame: ${length} bytes of kind ${kind}`);
      }
      const end = at + HEAD_BYTES + length;
      if (end > bytes.length) {
        this.#wanted = end - at;
        break;
      }
      frames.push({ kind, payload: decoder.decode(bytes.subarray(at + HEAD_BYTES, end)) });
      at = end;
    }
    return at;
  }
}
