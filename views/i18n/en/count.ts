/** A count of tasks in words, for texts in English. */
export function tasksOf(count: string): string {
  return `${count} ${count === "1" ? "task" : "tasks"}`;
}
