/** A journal whose writer is refused all that it writes, as by a disk that is full. */
import { changeJournal } from "./stored_journal.ts";

/** From now on nothing can be written to the journal's file, or nothing to one of its tables. */
export function refuseWrites(path: string, table: "meta" | "pools" = "meta"): void {
  changeJournal(
    path,
    `CREATE TRIGGER refuse BEFORE INSERT ON ${table}
     BEGIN SELECT RAISE(ABORT, 'the disk takes nothing'); END`,
  );
}

/** The same from the group on that follows the one with which a pool begins to drain. */
export function refuseWritesOnceAPoolDrains(path: string): void {
  changeJournal(
    path,
    `CREATE TABLE drains (number INTEGER);
     CREATE TRIGGER drain AFTER UPDATE ON meta
     WHEN EXISTS (SELECT 1 FROM pools WHERE state = 'draining')
     BEGIN INSERT INTO drains VALUES (1); END;
     CREATE TRIGGER refuse BEFORE INSERT ON meta WHEN EXISTS (SELECT 1 FROM drains)
     BEGIN SELECT RAISE(ABORT, 'the disk takes nothing'); END`,
  );
}

/** All is well again. */
export function takeWrites(path: string): void {
  changeJournal(path, "DROP TRIGGER refuse");
}
