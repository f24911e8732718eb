/**
 * The connections of a server: as many as there may be, each for as long as it may take. When there
 * is no room for a new one, one that asks nothing has to go: whoever holds connections open keeps
 * nobody else out.
 */
import type { HttpConnection } from "./http_connection.ts";

/** What clients may take up, and for how long. */
export interface ConnectionLimits {
  /** Connections at once. */
  readonly connections: number;
  /**
   * Milliseconds until the first request's line and headers are there. Whoever waits longer for an
   * answer gives way, too, where nobody else can.
   */
  readonly headMs: number;
  /** Milliseconds from an answer to the next request, in which it is read, too; streams have no limit. */
  readonly idleMs: number;
}

/** The clock that limits are told by. */
export type Now = () => number;

/** Connections in one state, with the time since when; the first is the longest in it. */
type State<Connection> = Map<Connection, number>;

/** What is told of a connection. */
export type Ending = Pick<HttpConnection, "close" | "cut">;

/** See the head of this file. */
export class Connections<Connection extends Ending = HttpConnection> {
  readonly #limits: ConnectionLimits;
  readonly #now: Now;
  /** The state that each is in. */
  readonly #states = new Map<Connection, State<Connection>>();
  /** Have asked nothing yet. */
  readonly #fresh: State<Connection> = new Map();
  /** Wait for their answer. */
  readonly #asking: State<Connection> = new Map();
  /** Have been answered: they read that, or wait for nothing. */
  readonly #idle: State<Connection> = new Map();
  /** Follow a stream, which takes as long as it takes. */
  readonly #following: State<Connection> = new Map();

  /** `now` gives milliseconds that never go back. */
  constructor(limits: ConnectionLimits, now: Now = () => performance.now()) {
    this.#limits = limits;
    this.#now = now;
  }

  /** How many there are. */
  get size(): number {
    return this.#states.size;
  }

  /** Whether one more may come in; makes room for it, if it can. */
  makeRoom(): boolean {
    if (this.size < this.#limits.connections) return true;
    return this.giveWay();
  }

  /** Ends the one that needs its connection least; says whether there was any. */
  giveWay(): boolean {
    for (const state of [this.#fresh, this.#idle, this.#following]) {
      for (const [connection] of state) {
        this.#cut(connection);
        return true;
      }
    }
    // A body that comes drop by drop is a request that waits, too.
    for (const [connection, sinceMs] of this.#asking) {
      if (sinceMs > this.#now() - this.#limits.headMs) return false;
      this.#cut(connection);
      return true;
    }
    return false;
  }

  /** It is there, and has asked nothing yet. */
  add(connection: Connection): void {
    this.#states.set(connection, this.#fresh);
    this.#fresh.set(connection, this.#now());
  }

  /** It has asked. */
  ask(connection: Connection): void {
    this.#move(connection, this.#asking);
  }

  /** It is being answered. */
  answer(connection: Connection, isStream: boolean): void {
    this.#move(connection, isStream ? this.#following : this.#idle);
  }

  /** It is over. */
  remove(connection: Connection): void {
    this.#states.get(connection)?.delete(connection);
    this.#states.delete(connection);
  }

  /** Ends those that take too long. */
  sweep(): void {
    const { headMs, idleMs } = this.#limits;
    this.#cutAfter(headMs, this.#fresh);
    this.#cutAfter(idleMs, this.#idle);
  }

  /** Ends all: those that asked, when they have their answers. */
  close(): void {
    this.#cutAfter(0, this.#fresh);
    for (const connection of this.#states.keys()) connection.close();
  }

  #cutAfter(limitMs: number, state: State<Connection>): void {
    const before = this.#now() - limitMs;
    for (const [connection, sinceMs] of state) {
      if (sinceMs > before) return;
      this.#cut(connection);
    }
  }

  /** A gentle end would not do: a client of HTTP/2 can ignore that it was told. */
  #cut(connection: Connection): void {
    this.remove(connection);
    connection.cut();
  }

  /** One that is over, or was told to end, stays out. */
  #move(connection: Connection, into: State<Connection>): void {
    const from = this.#states.get(connection);
    if (from === undefined) return;
    from.delete(connection);
    into.set(connection, this.#now());
    this.#states.set(connection, into);
  }
}
