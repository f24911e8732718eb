/** The flags of `submit` that tasks of every type have, made from the submission's own schema. */
import type { Command } from "commander";
import { z } from "zod";
import { TaskSubmission } from "../core/model/task.ts";
import type { Submission, TaskTypes } from "./client/mod.ts";
import { type LeafFlags, readLeafOptions } from "./leaf_options.ts";
import { listLeaves } from "./schema_leaves.ts";

/** What the flags hold; pool, type and input are said otherwise. */
export type GivenParts = Omit<
  Partial<Submission<TaskTypes, string>>,
  "pool_id" | "task_type" | "input"
>;

const { poolId: _pool, type: _type, input: _input, ...SHAPE } = TaskSubmission.shape;

interface Part {
  readonly flag: string;
  readonly wireName: keyof GivenParts;
  readonly tells: string;
}

const PARTS: Readonly<Record<keyof typeof SHAPE, Part>> = {
  name: { flag: "--name", wireName: "task_name", tells: "label shown in lists" },
  priority: { flag: "--priority", wireName: "priority", tells: "-100 to 100; higher runs first" },
  runTimeoutMs: {
    flag: "--run-timeout-ms",
    wireName: "run_timeout_ms",
    tells: "how long an attempt may run, null for ever; the pool's own if left out",
  },
  // One at a time, and so not called as the list is, whose name is left to the fields of inputs.
  tags: { flag: "--tag", wireName: "tags", tells: "a word to find it by" },
  idempotencyKey: {
    flag: "--idempotency-key",
    wireName: "idempotency_key",
    tells: "a second submit with the same key gives the first one's task",
  },
};

/** See the head of this file. */
export const SUBMISSION_FLAGS: readonly LeafFlags[] = listLeaves(
  z.toJSONSchema(z.object(SHAPE), { io: "input" }),
).map((leaf) => {
  const name = leaf.path[0] as keyof typeof SHAPE; // a leaf of just this shape
  const { flag, wireName, tells } = PARTS[name];
  return {
    leaf: { ...leaf, path: [wireName], description: tells, defaultValue: undefined },
    flag,
    schema: SHAPE[name],
  };
});

/** What was given, as the API takes it. */
export function readSubmissionFlags(command: Command): GivenParts {
  return readLeafOptions(command, SUBMISSION_FLAGS); // each was checked when it was read
}
