import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { Command, Option } from "commander";
import { type Place, placeOf } from "../../../../cli/completion/place.ts";

/** `pool pause <pool> --grace <ms> --force`, and `-f` as another name of the last. */
function program(): Command {
  const root = new Command("deno task");
  const pool = root.command("pool");
  pool.command("pause").argument("<pool>").option("--grace <ms>").option("-f, --force");
  return root;
}

function shortly({ command, operands, valueOf, given, word }: Place): object {
  return { command: command.name(), operands, valueOf: valueOf?.long, given: [...given], word };
}

const NOTHING = { operands: [], valueOf: undefined, given: [] };

Deno.test.each([
  [["po"], { ...NOTHING, command: "deno task", word: "po" }],
  [["pool", ""], { ...NOTHING, command: "pool", word: "" }],
  [["pool", "pause", "a", "b"], { ...NOTHING, command: "pause", operands: ["a"], word: "b" }],
  [["pool", "pause", "pool", ""], { ...NOTHING, command: "pause", operands: ["pool"], word: "" }],
  [["pool", "pause", "--gr"], { ...NOTHING, command: "pause", word: "--gr" }],
  [["pool", "pause", "--grace", ""], {
    ...NOTHING,
    command: "pause",
    valueOf: "--grace",
    word: "",
  }],
  [["pool", "pause", "--grace", "5", "-f", ""], {
    ...NOTHING,
    command: "pause",
    given: [["--grace", "5"]],
    word: "",
  }],
  [["pool", "pause", "--grace=5=6", ""], {
    ...NOTHING,
    command: "pause",
    given: [["--grace", "5=6"]],
    word: "",
  }],
  [["pool", "pause", "--", "--grace", ""], {
    ...NOTHING,
    command: "pause",
    operands: ["--grace"],
    word: "",
  }],
  [["pool", "pause", "--strange", "a", ""], {
    ...NOTHING,
    command: "pause",
    operands: ["a"],
    word: "",
  }],
  [[], { ...NOTHING, command: "deno task", word: "" }],
])("placeOf() finds where %j goes on", (words, place) => {
  deepStrictEqual(shortly(placeOf(program(), words)), place);
});

Deno.test("placeOf() knows the flags that only a task type brings", () => {
  const more = [new Option("--up-to <integer>")];
  strictEqual(placeOf(program(), ["pool", "pause", "--up-to", ""], more).valueOf, more[0]);
});
