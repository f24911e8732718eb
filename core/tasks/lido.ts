/** What task files import as `lido`. It is loaded inside every slot, so it stays light. */
export { defineTask, type TaskContext, type TaskDefinition } from "./define_task.ts";
export { z } from "zod";
