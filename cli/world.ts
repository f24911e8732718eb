/** Where a command writes text. */
export interface Output {
  /** Whether a person looks at it. */
  readonly isTerminal: boolean;
  /** Whether the text may carry colours. */
  readonly hasColours: boolean;
  /** Cells in a line, where it is a terminal. */
  readonly columns: number;
  /** False when nobody reads any more, which is no error. */
  write(text: string): boolean;
}

/** How big a terminal is, in cells. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** A terminal that a command draws over as a whole; all is as before when it is disposed of. */
export interface Terminal extends Disposable {
  /** What is typed from now on, unechoed and as it comes, Ctrl-C too; ends with the terminal. */
  readonly typed: AsyncIterable<string>;
  size(): TerminalSize;
  write(text: string): void;
  /** Calls back whenever it has got another size. */
  onResize(tell: () => void): void;
}

/** All that a command may reach outside itself; `main.ts` makes the real one, tests make their own. */
export interface World {
  readonly env: Readonly<Record<string, string>>;
  readonly out: Output;
  readonly err: Output;
  /** The text of a file; `-` is standard input. */
  readText(path: string): Promise<string>;
  /** Whether there is a folder at the path. */
  isFolder(path: string): Promise<boolean>;
  fetch(url: string, init: RequestInit): Promise<Response>;
  /**
   * A signal that aborts when the process is asked to end. Whoever calls this takes over from the
   * system, which would end the process at once; a second request still does.
   */
  takeStopSignal(): AbortSignal;
  /** Takes the terminal over, if a person sits at one. */
  takeTerminal(): Terminal | undefined;
}
