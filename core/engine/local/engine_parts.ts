/** Opens what the local engine is built of, and puts right what a crash left. */
import { type Clock, systemClock } from "../../model/clock.ts";
import { LidoError } from "../../model/errors.ts";
import type { LiveEvent } from "../../model/live_event.ts";
import type { PoolId } from "../../model/pool.ts";
import type { NewTask } from "../engine.ts";
import { getLogger, type Logger, outsideRequest } from "../../observation/logging.ts";
import type { AttemptTraces } from "../../observation/traces/traces.ts";
import { DamageWatch } from "./journal/damage_watch.ts";
import { Journal, type JournalListener } from "./journal/journal.ts";
import { JournalReader } from "./journal/reader.ts";
import { RunningLedger } from "./journal/running_ledger.ts";
import type { StoredTask } from "./journal/stored_task.ts";
import { TextIndex } from "./journal/text_index.ts";
import { LocalAlerts } from "./local_alerts.ts";
import { LocalViews } from "./local_views.ts";
import type { PoolShelf } from "./pool_shelf.ts";
import { recover } from "./recovery.ts";
import type { Tallies } from "./tallies.ts";

/** The files of a journal. */
export interface JournalFiles {
  readonly journalPath: string;
  readonly searchPath: string;
  readonly ledgerPath: string;
  /** False where nothing is to be kept anyway. */
  readonly isDurable: boolean;
}

/** What the local engine is made with. */
export interface LocalEngineOptions {
  /** Where the journal is; it must be of this version already. */
  readonly files: JournalFiles;
  /** Ended tasks that are kept on record, and how long; null: as long as there is room. */
  readonly keep: { readonly tasks: number; readonly ms: number | null };
  readonly clock?: Clock;
  /** Where attempts are traced; nowhere if left out. */
  readonly traces?: AttemptTraces | undefined;
  /** Waiting tasks of a pool that are kept in memory; about 4,000 if left out. */
  readonly windowTasks?: number;
  /** Rows of a group from which on it is answered before the tables have it; 32 if left out. */
  readonly inboxRowsMin?: number;
  /** Where the code of a type is now: tasks that come back run it from there. */
  findType?(name: string): NewTask["type"] | undefined;
  /** Told of each step of a task's life and each change of a pool; of ends once no crash undoes them. */
  onEvent?(event: LiveEvent): void;
  /** Told of what goes wrong where nobody waits for it. */
  onError?(error: unknown): void;
  /** Told when the disk refuses and when it takes writes again; in detail of each task's end. */
  readonly logger?: Logger;
}

/** What the engine is built of. */
export interface EngineParts {
  readonly journal: Journal;
  readonly reader: JournalReader;
  readonly textIndex: TextIndex;
  readonly damage: DamageWatch;
  readonly ledger: RunningLedger;
  readonly shelf: PoolShelf;
  readonly views: LocalViews;
  readonly alerts: LocalAlerts;
  readonly tallies: Tallies;
  readonly orphans: ReadonlyMap<PoolId, readonly StoredTask[]>;
  readonly lastSeq: number;
}

/**
 * Opens them; `told` is told of each group from then on, and of the disk. What was opened before a
 * fault is closed.
 * @throws {LidoError} `journal_corrupt`, `journal_unavailable`.
 */
export async function openParts(
  options: LocalEngineOptions,
  told: JournalListener,
): Promise<EngineParts> {
  const { files, inboxRowsMin, clock = systemClock, onError = () => {} } = options;
  const { logger = getLogger("engine") } = options;
  const { isDurable, journalPath } = files;
  const listener: JournalListener = {
    // A ledger that is not kept need not know how far the file was synced.
    written: (pruned, syncedGroup) => told.written(pruned, isDurable ? syncedGroup : null),
    failed: (failure) => {
      outsideRequest(() => logFailure(logger, failure));
      told.failed(failure);
    },
  };
  await using opened = new AsyncDisposableStack();
  const journal = opened.use(
    await Journal.open(journalPath, { isDurable, listener, inboxRowsMin }),
  );
  const damage = new DamageWatch(onError);
  let textIndex: TextIndex | undefined;
  const reader = opened.use(
    await JournalReader.open({
      ...files,
      onError: (error) => damage.see(error),
      onIndexDamage: (reason) => textIndex?.renew(reason),
    }),
  );
  const { ledger, lastGroup, ...left } = RunningLedger.open(files.ledgerPath);
  if (lastGroup > journal.lastGroup) throw cutOff(files, lastGroup - journal.lastGroup);
  const { wasClosed } = left;
  if (!wasClosed) {
    logger.warning("The server's last life was cut off", { interruptedTasks: left.orphans.length });
  }
  const state = await recover({ journal, reader, ...left, nowMs: clock.nowMs() });
  ledger.begin();
  journal.note({ kind: "started", atMs: Math.round(clock.nowMs()), wasClosed });
  const index = textIndex = opened.use(
    new TextIndex({
      ...files,
      onError: (error) => error.code === "journal_corrupt" ? damage.see(error) : onError(error),
    }),
  );
  const views = new LocalViews(journal, await reader.views());
  const alerts = await LocalAlerts.open({ journal, reader, damage });
  opened.move(); // the engine closes them from here on
  return { journal, reader, textIndex: index, views, alerts, damage, ledger, ...state };
}

function logFailure(logger: Logger, failure: LidoError | null): void {
  if (failure === null) logger.info("Journal takes writes again");
  else logger.error("Journal refuses writes", { code: failure.code, reason: failure.message });
}

function cutOff({ journalPath, ledgerPath }: JournalFiles, groups: number): LidoError {
  return new LidoError(
    "journal_corrupt",
    `Cannot open journal ${journalPath}: its last ${groups} commits are missing, which a crash cannot ` +
      "take; `deno task restore` puts a backup in its place, and without " +
      `${ledgerPath} Lido goes on with what is there`,
  );
}
