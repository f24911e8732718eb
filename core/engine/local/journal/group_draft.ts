/** What happens until it is sent to the writer: groups that grow. */
import {
  type Cell,
  type Change,
  countRows,
  END_COLUMNS,
  type GroupMessage,
  writeTaskRows,
} from "./group.ts";

/** Cells of one kind in one group: more wait for the next. */
const GROUP_CELLS_MAX = 65_536;
/** Characters of ends in one text: a text has room for about 500 million. */
const TEXT_CHARS_MAX = 64 * 1024 * 1024;

/** Who waits for what is written. */
export interface Answer {
  resolve(): void;
  reject(error: unknown): void;
}

/** Submits that wait for their answer, or were answered already. */
export interface Submission {
  readonly rows: Cell[];
  /** See `TRACED_COLUMNS`. */
  readonly traced: readonly Cell[];
  readonly tasks: number;
  readonly chars: number;
  /** Null once the caller was answered: then it must be written. */
  readonly answer: Answer | null;
}

/** What else changes, or has changed already. */
export interface DraftChange {
  /** Null: somebody only asks whether anything can be written. */
  readonly change: Change | null;
  /** Null if it has happened, whatever the disk does: then it must be written. */
  readonly answer: Answer | null;
}

/** A task that ended, and is told what becomes of that. */
export interface EndedTask {
  /** Its end is written: a crash does not undo it any more. */
  written(): void;
  /** And it is in the tables: whoever reads them sees it. */
  applied(): void;
}

/** See the head of this file. */
export class GroupDraft {
  submissions: Submission[] = [];
  moved: Cell[] = [];
  ended: Cell[] = [];
  changes: DraftChange[] = [];
  endedTasks: EndedTask[] = [];
  onWritten: (() => void)[] = [];
  isSynced = false;
  /** Somebody waits for it. */
  isDue = false;

  get isEmpty(): boolean {
    return this.submissions.length === 0 && this.moved.length === 0 && this.ended.length === 0 &&
      this.changes.length === 0 && this.onWritten.length === 0;
  }

  /** Something else changes, or changed; of a task, after the moves up to now. */
  change(change: Change | null, answer: Answer | null = null): void {
    this.changes.push(shifted({ change, answer }, this.moved.length));
  }

  /** What the writer is told of it. */
  message(number: number): GroupMessage {
    const [only, another] = this.submissions;
    const submitted = only !== undefined && another === undefined
      ? only.rows
      : this.submissions.flatMap(({ rows }) => rows);
    const rows = countRows({ submitted, moved: this.moved, ended: this.ended });
    const traced = this.submissions.flatMap((submission) => submission.traced);
    const [ended = [], ...more] = splitEnds(this.ended);
    const tasks = [
      writeTaskRows({ submitted, moved: this.moved, ended, traced }),
      ...more.map((ends) => writeTaskRows({ submitted: [], moved: [], ended: ends, traced: [] })),
    ];
    const { isSynced } = this;
    const changes = this.changes.flatMap(({ change }) => change ?? []);
    return { kind: "group", number, isSynced, tasks, rows, changes };
  }

  /**
   * Takes out the submits that are too many for one group, and gives them. Only those that nobody was
   * told of: whatever else is in the group may be about the others.
   */
  splitRest(): GroupDraft {
    const rest = new GroupDraft();
    let cells = 0;
    let isFull = false;
    const kept: Submission[] = [];
    for (const submission of this.submissions) {
      const { rows, answer } = submission;
      isFull ||= cells > 0 && cells + rows.length > GROUP_CELLS_MAX;
      if (isFull && answer !== null) rest.submissions.push(submission);
      else {
        cells += rows.length;
        kept.push(submission);
      }
    }
    this.submissions = kept;
    rest.isSynced = rest.isDue = rest.submissions.length > 0;
    return rest;
  }

  /** Takes out what can be given back to its callers, and gives them. */
  giveBack(): { readonly submissions: readonly Submission[]; readonly answers: readonly Answer[] } {
    const submissions = this.submissions.filter(({ answer }) => answer !== null);
    const answers = [...submissions, ...this.changes].flatMap(({ answer }) => answer ?? []);
    this.submissions = this.submissions.filter(({ answer }) => answer === null);
    this.changes = this.changes.filter(({ answer }) => answer === null);
    return { submissions, answers };
  }

  /** Takes out those who only ask whether anything can be written, and gives them. */
  takeQuestions(): readonly Answer[] {
    const questions = this.changes.filter(({ change }) => change === null);
    this.changes = this.changes.filter(({ change }) => change !== null);
    return questions.flatMap(({ answer }) => answer ?? []);
  }

  /** Puts what came after it to it: it was not written. */
  join(later: GroupDraft): void {
    this.submissions = [...this.submissions, ...later.submissions];
    const changes = later.changes.map((change) => shifted(change, this.moved.length));
    this.moved = this.moved.concat(later.moved);
    this.ended = this.ended.concat(later.ended);
    this.changes = [...this.changes, ...changes];
    this.endedTasks = [...this.endedTasks, ...later.endedTasks];
    this.onWritten = [...this.onWritten, ...later.onWritten];
    this.isSynced ||= later.isSynced;
    this.isDue ||= later.isDue;
  }
}

/** So many more cells of moves come before it. */
function shifted({ change, answer }: DraftChange, cells: number): DraftChange {
  if (change?.kind !== "changed") return { change, answer };
  return { change: { ...change, movedBefore: change.movedBefore + cells }, answer };
}

/** Rows of ends, in as many lists as there must be texts. */
function splitEnds(cells: Cell[]): readonly Cell[][] {
  const lists: Cell[][] = [];
  let chars = 0;
  let from = 0;
  for (let at = 0; at < cells.length; at += END_COLUMNS.length) {
    const result = cells[at + END_COLUMNS.indexOf("result")];
    const own = typeof result === "string" ? result.length : 0;
    if (chars + own > TEXT_CHARS_MAX && at > from) {
      lists.push(cells.slice(from, at));
      from = at;
      chars = 0;
    }
    chars += own;
  }
  return from === 0 ? [cells] : [...lists, cells.slice(from)];
}
