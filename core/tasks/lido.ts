/** What a task file imports: `import { defineTask, z } from "lido"`. */
export { defineTask, type TaskContext, type TaskDefinition } from "./define_task.ts";
export { z } from "zod";
