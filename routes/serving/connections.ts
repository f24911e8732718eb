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

/** What is told of a connection. */
export type Ending = Pick<HttpConnection, "close" | "cut">;

/**
 * What a connection does: it has asked nothing yet; it waits for its answer; it has been answered,
 * and reads that or waits for nothing; or it follows a stream, which takes as long as it takes.
 */
type Doing = "fresh" | "asking" | "idle" | "following";

/** A connection, and what it does since when. Changed twice a request: so nothing else is. */
class Place {
  doing: Doing = "fresh";

  constructor(readonly connection: Ending, public sinceMs: number) {}
}

/** See the head of this file. */
export class Connections {
  readonly #limits: ConnectionLimits;
  readonly #now: Now;
  readonly #places = new Set<Place>();

  /** `now` gives milliseconds that never go back. */
  constructor(limits: ConnectionLimits, now: Now = () => performance.now()) {
    this.#limits = limits;
    this.#now = now;
  }

  /** How many there are. */
  get size(): number {
    return this.#places.size;
  }

  /** Whether one more may come in; makes room for it, if it can. */
  makeRoom(): boolean {
    if (this.size < this.#limits.connections) return true;
    return this.giveWay();
  }

  /** Ends the one that needs its connection least; says whether there was any. */
  giveWay(): boolean {
    const place = this.#longest("fresh") ?? this.#longest("idle") ?? this.#longest("following") ??
      this.#longestAsking();
    if (place !== undefined) this.#cut(place);
    return place !== undefined;
  }

  /** One is there, and has asked nothing yet; gives its place, by which the rest is told. */
  add(connection: Ending): Place {
    const place = new Place(connection, this.#now());
    this.#places.add(place);
    return place;
  }

  /** It has asked. */
  ask(place: Place): void {
    this.#turn(place, "asking");
  }

  /** It is being answered. */
  answer(place: Place, isStream: boolean): void {
    this.#turn(place, isStream ? "following" : "idle");
  }

  /** It is over. */
  remove(place: Place): void {
    this.#places.delete(place);
  }

  /** Ends those that take too long. */
  sweep(): void {
    const { headMs, idleMs } = this.#limits;
    this.#cutAfter(headMs, "fresh");
    this.#cutAfter(idleMs, "idle");
  }

  /** Ends all: those that asked, when they have their answers. */
  close(): void {
    this.#cutAfter(0, "fresh");
    for (const { connection } of this.#places) connection.close();
  }

  #cutAfter(limitMs: number, doing: Doing): void {
    const before = this.#now() - limitMs;
    for (const place of this.#places) {
      if (place.doing === doing && place.sinceMs <= before) this.#cut(place);
    }
  }

  /** A body that comes drop by drop is a request that waits, too. */
  #longestAsking(): Place | undefined {
    const place = this.#longest("asking");
    const before = this.#now() - this.#limits.headMs;
    return place !== undefined && place.sinceMs <= before ? place : undefined;
  }

  #longest(doing: Doing): Place | undefined {
    let longest: Place | undefined;
    for (const place of this.#places) {
      if (place.doing !== doing) continue;
      if (longest === undefined || place.sinceMs < longest.sinceMs) longest = place;
    }
    return longest;
  }

  /** A gentle end would not do: a client of HTTP/2 can ignore that it was told. */
  #cut(place: Place): void {
    this.remove(place);
    place.connection.cut();
  }

  #turn(place: Place, doing: Doing): void {
    place.doing = doing;
    place.sinceMs = this.#now();
  }
}
