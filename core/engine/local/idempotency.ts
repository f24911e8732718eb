/** What makes two submissions with one idempotency key the same. */
import { LidoError } from "../../model/errors.ts";
import type { NewTask } from "../engine.ts";

/** What a key is found by: pools do not share keys. */
export function keyOf({ poolId }: NewTask, key: string): string {
  return `${poolId}:${key}`;
}

/** @throws {LidoError} `idempotency_conflict` if two submissions with one key are not the same. */
export function checkSame(one: NewTask, other: NewTask, key: string): void {
  if (fingerprintOf(one) === fingerprintOf(other)) return;
  throw new LidoError(
    "idempotency_conflict",
    `Cannot submit task: the key ${JSON.stringify(key)} came with another task`,
  );
}

function fingerprintOf({ name, type, inputJson, priority, runTimeoutMs, tags }: NewTask): string {
  return JSON.stringify([name, type.name, inputJson, priority, runTimeoutMs, tags]);
}
