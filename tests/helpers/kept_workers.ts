/** The Web Workers that are started while it is there: a test can let one die. */
export class KeptWorkers implements Disposable {
  readonly #Worker = globalThis.Worker;
  readonly #all: Worker[] = [];

  constructor() {
    const all = this.#all;
    globalThis.Worker = class extends Worker {
      constructor(...args: ConstructorParameters<typeof Worker>) {
        super(...args);
        all.push(this);
      }
    };
  }

  /** How many were started. */
  get count(): number {
    return this.#all.length;
  }

  /** Lets the one that was started last die of an error of its own: none understands this message. */
  killLast(): void {
    this.#all.at(-1)?.postMessage(null);
  }

  [Symbol.dispose](): void {
    globalThis.Worker = this.#Worker;
  }
}
