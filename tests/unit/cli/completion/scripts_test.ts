import { ok } from "node:assert/strict";
import { scriptFor } from "../../../../cli/completion/scripts.ts";

Deno.test("scriptFor() quotes a folder for its shell", () => {
  const folder = "/it's a \\ $folder";
  const quoted = { bash: `'/it'\\''s a \\ $folder'`, fish: `'/it\\'s a \\\\ $folder'` };
  ok(scriptFor("bash", folder).includes(quoted.bash));
  ok(scriptFor("zsh", folder).includes(quoted.bash));
  ok(scriptFor("fish", folder).includes(quoted.fish));
});
