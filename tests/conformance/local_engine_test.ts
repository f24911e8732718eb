import { openEngine } from "../helpers/open_engine.ts";
import { testEngine } from "./engine_conformance.ts";

testEngine(
  "LocalEngine",
  ({ finishedTasksMax }) => openEngine(":memory:", { keep: { tasks: finishedTasksMax, ms: null } }),
);
