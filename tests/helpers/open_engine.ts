import { DataFolder } from "../../core/engine/local/journal/data_folder.ts";
import { migrate } from "../../core/engine/local/journal/migrations.ts";
import type { LocalEngineOptions } from "../../core/engine/local/engine_parts.ts";
import { LocalEngine } from "../../core/engine/local/local_engine.ts";

/** Opens an engine on a data folder; `:memory:` is one of its own, which goes with the engine. */
export async function openEngine(
  data = ":memory:",
  options: Partial<LocalEngineOptions> = {},
): Promise<LocalEngine> {
  const folder = DataFolder.open(data);
  try {
    await migrate(folder.journalPath);
    const keep = { tasks: 1_000_000, ms: null };
    const engine = await LocalEngine.open({ files: folder, keep, ...options });
    const dispose = engine[Symbol.asyncDispose].bind(engine);
    engine[Symbol.asyncDispose] = async () => {
      await dispose();
      folder[Symbol.dispose]();
    };
    return engine;
  } catch (error) {
    folder[Symbol.dispose]();
    throw error;
  }
}
