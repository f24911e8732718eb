/** The part of cli-progress that Lido uses; the package itself comes without types. */
declare interface ProgressStream {
  readonly isTTY: boolean;
  readonly columns: number;
  write(text: string): boolean;
}
declare interface ProgressOptions {
  readonly format: string;
  readonly stream: ProgressStream;
  readonly barsize: number;
  readonly hideCursor: boolean;
  readonly clearOnComplete: boolean;
  readonly emptyOnZero: boolean;
}
declare class SingleBar {
  constructor(options: ProgressOptions);
  start(total: number, value: number, payload: Record<string, string>): void;
  setTotal(total: number): void;
  update(value: number, payload: Record<string, string>): void;
  stop(): void;
}
declare const cliProgress: { readonly SingleBar: typeof SingleBar };
export default cliProgress;
