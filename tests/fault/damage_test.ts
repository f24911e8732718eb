/**
 * A journal that was damaged while no server had it: cut off somewhere, or with one bit flipped. Either
 * the server refuses, names the file and says what to do, or every task that was acknowledged is there.
 * What it must never do is start with fewer. `TEST_FLIPS` says how many flips of each file are tried;
 * more than 30 are elsewhere each time; the seed is printed, and `TEST_SEED` repeats it.
 *
 * One thing is not promised. SQLite keeps no checksum of its main file's pages, and a start does not
 * read them all: damage to a row there may only be found by `doctor`, which compares each row with its
 * indexes and counters, and a flipped letter of a name is seen by nobody.
 */
import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { inspectJournal } from "../../core/engine/local/journal/inspection.ts";
import type { LidoError } from "../../core/mod.ts";
import { openEngine } from "../helpers/open_engine.ts";
import { chance } from "../helpers/chance.ts";
import { EngineWorld } from "../conformance/engine_world.ts";
import { report } from "../helpers/report.ts";

const FLIPS = Number(Deno.env.get("TEST_FLIPS") ?? 30);
/** CI damages the same places each time; a longer run tries others. */
const SEED = Number(
  Deno.env.get("TEST_SEED") ?? (FLIPS > 30 ? Math.floor(Math.random() * 2 ** 31) : 27689988),
);
const CUTS = 8;
const COMMITS = 40;
const TASKS_A_COMMIT = 10;
const FILES = ["journal.sqlite", "journal.sqlite-wal", "running.ledger"];

/** A data folder as a server leaves it that was killed, or that ended by itself, and what it has. */
async function makeFolder(
  folder: string,
  wasKilled: boolean,
): Promise<{ made: string; ids: readonly string[] }> {
  const live = join(folder, "live");
  const made = join(folder, "made");
  mkdirSync(made);
  const ids: string[] = [];
  const copyAll = () => {
    for (const name of FILES) {
      if (existsSync(join(live, name))) copyFileSync(join(live, name), join(made, name));
    }
  };
  {
    await using world = await EngineWorld.open(() => openEngine(live));
    for (let commit = 0; commit < COMMITS; commit++) {
      const tasks = Array.from({ length: TASKS_A_COMMIT }, () => world.task());
      await world.engine.enqueue(tasks);
      ids.push(...tasks.map(({ id }) => id));
    }
    if (wasKilled) copyAll();
  }
  if (!wasKilled) copyAll();
  return { made, ids };
}

/** What a start on a damaged copy comes to: the tasks that are there, or the error. */
async function startOn(
  made: string,
  damage: (copy: string) => void,
): Promise<{ found: readonly string[] | LidoError; isFoundByDoctor: boolean }> {
  const copy = await Deno.makeTempDir({ prefix: "lido-damaged-" });
  for (const name of FILES) {
    if (existsSync(join(made, name))) copyFileSync(join(made, name), join(copy, name));
  }
  damage(copy);
  const { findings } = inspectJournal(join(copy, "journal.sqlite"));
  const isFoundByDoctor = findings.some(({ isOk }) => !isOk);
  try {
    await using engine = await openEngine(copy);
    const ids: string[] = [];
    let cursor: string | null = null;
    do {
      const request: { page: number; perPage: number } | { cursor: string; perPage: number } =
        cursor === null ? { page: 1, perPage: 100 } : { cursor, perPage: 100 };
      const page = await engine.list({}, request);
      ids.push(...page.tasks.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    return { found: ids, isFoundByDoctor };
  } catch (error) {
    return { found: error as LidoError, isFoundByDoctor }; // checked by the caller
  } finally {
    rmSync(copy, { recursive: true });
  }
}

/** What became of damage. */
type Fate = "refused" | "found by doctor" | "without effect";

function judge(
  { found, isFoundByDoctor }: Awaited<ReturnType<typeof startOn>>,
  ids: readonly string[],
  what: string,
): Fate {
  if (found instanceof Error) {
    strictEqual(found.code, "journal_corrupt", `${what}: ${found.message}`);
    match(found.message, /^Cannot (open|read) journal/);
    return "refused";
  }
  const there = new Set(found);
  const missing = ids.filter((id) => !there.has(id));
  if (isFoundByDoctor) return "found by doctor";
  deepStrictEqual(missing, [], `${what}: acknowledged tasks are missing, and nobody says so`);
  return "without effect";
}

for (
  const { name, wasKilled } of [
    { name: "journal.sqlite-wal", wasKilled: true },
    { name: "journal.sqlite", wasKilled: false },
  ]
) {
  const how = wasKilled ? "was killed" : "ended by itself";
  Deno.test(`a flipped bit in ${name} of a server that ${how} loses no task in silence`, async () => {
    const folder = await Deno.makeTempDir({ prefix: "lido-damage-" });
    const random = chance(SEED);
    const { made, ids } = await makeFolder(folder, wasKilled);
    const fates = new Map<Fate, number>();
    const { size } = Deno.statSync(join(made, name));
    for (let flip = 0; flip < FLIPS; flip++) {
      const at = Math.floor(random() * size);
      const bit = 1 << Math.floor(random() * 8);
      const outcome = await startOn(made, (copy) => {
        const bytes = readFileSync(join(copy, name));
        bytes[at] = (bytes[at] ?? 0) ^ bit;
        writeFileSync(join(copy, name), bytes);
      });
      const fate = judge(outcome, ids, `bit ${bit} of byte ${at} of ${name} (seed ${SEED})`);
      // Each frame of the write-ahead file bears a checksum: there a start alone finds it.
      if (name.endsWith("-wal") && fate === "found by doctor") {
        throw new Error(`A start did not see bit ${bit} of byte ${at} of ${name} (seed ${SEED})`);
      }
      fates.set(fate, (fates.get(fate) ?? 0) + 1);
    }
    const told = [...fates].map(([fate, count]) => `${count} ${fate}`).join(", ");
    report(`${FLIPS} flips in ${name} of a server that ${how}: ${told} (seed ${SEED})`);
    await Deno.remove(folder, { recursive: true });
  });

  Deno.test(`${name} of a server that ${how}, cut off, loses no task in silence`, async () => {
    const folder = await Deno.makeTempDir({ prefix: "lido-damage-" });
    const random = chance(SEED);
    const { made, ids } = await makeFolder(folder, wasKilled);
    const { size } = Deno.statSync(join(made, name));
    for (let cut = 0; cut < CUTS; cut++) {
      const left = Math.floor(random() * size);
      const outcome = await startOn(made, (copy) => truncateSync(join(copy, name), left));
      judge(outcome, ids, `${name} cut to ${left} bytes (seed ${SEED})`);
    }
    await Deno.remove(folder, { recursive: true });
  });
}
