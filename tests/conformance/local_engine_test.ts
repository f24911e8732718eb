import { LocalEngine } from "../../core/engine/local/local_engine.ts";
import { testEngine } from "./engine_conformance.ts";

testEngine("LocalEngine", (options) => Promise.resolve(new LocalEngine(options)));
