/** What the process tells its caller when it ends. */
export const EXIT = { done: 0, failed: 1, wrongUsage: 2, unreached: 3 } as const;
/** One of {@link EXIT}'s numbers. */
export type ExitCode = typeof EXIT[keyof typeof EXIT];

/** The command cannot be understood: exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The command was understood and did not succeed: exit code 1. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}
