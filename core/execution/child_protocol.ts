/**
 * What host and child process agree on beside their batches: the ends of a child, and what the host
 * says to it by its control channel, as JSON. What a child says is in `from_child.ts`.
 */

/** Exit code of a child that used more memory than it may. */
export const EXIT_OUT_OF_MEMORY = 99;
/** Exit code of a child whose thread ended without being asked to. */
export const EXIT_THREAD_GONE = 98;
/** Exit code of a child whose thread gave a result that only task code can have forged. */
export const EXIT_FORGERY = 97;

/** A child's first message. */
export interface ChildBoot {
  readonly kind: "boot";
  /** What its frames must carry; see `frames.ts`. In decimal digits: JSON has no such numbers. */
  readonly key: string;
  readonly memoryMb: number;
  readonly permissions: {
    readonly read: readonly string[];
    readonly write: readonly string[];
    readonly net: readonly string[];
    readonly env: readonly string[];
  };
}

/** What the host says to a child. */
export type ToChild =
  | ChildBoot
  | { readonly kind: "lanes"; readonly lanes: number }
  | { readonly kind: "stop"; readonly seq: number; readonly reason: string }
  | { readonly kind: "take_back"; readonly epoch: number };
