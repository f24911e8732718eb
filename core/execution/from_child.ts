/** What a child process says to the host beside batches: JSON, checked there. */
import { z } from "zod";
import { LogLevel } from "../model/log_level.ts";
import { FAILURE_CODES } from "../model/task.ts";
import {
  SPAN_ATTRIBUTES_MAX,
  SPAN_KEY_CHARS_MAX,
  SPAN_NAME_CHARS_MAX,
  SPAN_TEXT_CHARS_MAX,
  SPANS_MAX,
} from "./protocol.ts";

const number = z.number();
const line = z.object({
  atMs: number,
  level: LogLevel,
  text: z.string(),
});

const finite = number.nullable().transform((value) => value ?? 0);
const text = z.string().max(SPAN_TEXT_CHARS_MAX);
const span = z.object({
  id: z.string().max(32),
  parentId: z.string().max(32),
  name: z.string().max(SPAN_NAME_CHARS_MAX),
  kind: z.int().min(0).max(4),
  startMs: finite,
  endMs: finite,
  isError: z.boolean(),
  message: text,
  attributes: z.record(z.string().max(SPAN_KEY_CHARS_MAX), z.union([text, number, z.boolean()]))
    .refine((all) => Object.keys(all).length <= SPAN_ATTRIBUTES_MAX),
});

/** What a child says to the host. */
export const FromChild = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("ready") }),
  z.object({ kind: z.literal("taken_back"), first: number }),
  z.object({ kind: z.literal("late_error"), seq: number, message: z.string() }),
  z.object({ kind: z.literal("worn"), reason: z.string() }),
  z.object({
    kind: z.literal("notes"),
    notes: z.array(z.object({
      seq: number,
      lines: z.array(line),
      dropped: number,
      progressNote: z.string().nullable(),
      metrics: z.record(z.string(), finite).nullable(),
      counters: z.array(z.string()),
      spans: z.array(span).max(SPANS_MAX),
      droppedSpans: number,
    })),
  }),
  z.object({
    kind: z.literal("row"),
    row: z.object({
      heartbeatAtMs: number,
      done: number,
      failed: number,
      busyMs: number,
      memoryBytes: number,
    }),
    lanes: z.array(z.object({
      seq: number,
      startedAtMs: number,
      progressDone: finite,
      progressTotal: finite,
    })),
  }),
]);
/** What a child says to the host. */
export type FromChild = z.infer<typeof FromChild>;

const numbers = z.array(number);

/** The header of a batch of outcomes. */
export const OutcomesHeader = z.object({
  token: number,
  seqs: numbers,
  codes: z.array(z.enum(["done", "stopped", ...FAILURE_CODES])),
  startedAtMs: numbers,
  runMs: numbers,
});
