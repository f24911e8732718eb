/** Pages of a list, by number and by cursor, newest first. */
import { LidoError } from "../../../model/errors.ts";
import { readCursor, writeCursor } from "./cursor.ts";
import type { StoredTask } from "./stored_task.ts";
import type { Found, TaskSieve, Total } from "./task_sieve.ts";

/** Which page of a list. */
export type StoredPageRequest = NumberRequest | CursorRequest;

/** One page. */
export interface StoredPage extends Total {
  readonly rows: readonly StoredTask[];
  readonly page: number | null;
  readonly nextCursor: string | null;
  readonly prevCursor: string | null;
}

interface NumberRequest {
  readonly page: number;
  readonly perPage: number;
}

interface CursorRequest {
  readonly cursor: string;
  readonly perPage: number;
}

/** @throws {LidoError} `cursor_invalid`; `journal_corrupt` if tasks are missing that were counted. */
export function readTaskPage(sieve: TaskSieve, request: StoredPageRequest): StoredPage {
  return "cursor" in request ? readByCursor(sieve, request) : readByNumber(sieve, request);
}

function readByNumber(sieve: TaskSieve, request: NumberRequest): StoredPage {
  const { perPage } = request;
  const { head, ...total } = sieve.count();
  const { isTotalExact } = total;
  const pages = Math.max(1, Math.ceil(total.totalItems / perPage));
  // Where nobody counted to the end, there may be more pages than are known.
  const page = isTotalExact ? Math.min(Math.max(1, request.page), pages) : request.page;
  const offset = (page - 1) * perPage;
  const fromEnd = total.totalItems - offset;
  // From the nearer end: the last page costs what the first does.
  const isUp = isTotalExact && fromEnd < offset && head === undefined;
  const found = isUp
    ? sieve.find({
      ...sieve.bounds,
      isUp,
      limit: Math.min(perPage, fromEnd),
      offset: Math.max(0, fromEnd - perPage),
    })
    : sieve.findNewest({ limit: perPage + 1, offset }, head);
  failIfMissing(found, Math.min(isUp ? perPage : perPage + 1, fromEnd), total);
  const taken = found.seqs.slice(0, perPage);
  const seqs = isUp ? taken.toReversed() : taken;
  const isMore = isUp ? page < pages : found.seqs.length > perPage;
  return {
    rows: sieve.tasks(seqs),
    ...(isTotalExact ? total : totalAfter(total, found, offset, perPage)),
    page,
    nextCursor: writeCursor("older", found.stoppedAt ?? (isMore ? seqs.at(-1) : undefined)),
    prevCursor: writeCursor("newer", page > 1 ? seqs[0] : undefined),
  };
}

function readByCursor(sieve: TaskSieve, { cursor, perPage }: CursorRequest): StoredPage {
  const { way, row: seq } = readCursor(cursor, ["older", "newer"]);
  const isUp = way === "newer";
  const { totalItems, isTotalExact } = sieve.count();
  const { above, below } = sieve.bounds;
  const found = sieve.find({
    above: isUp ? Math.max(above, seq) : above,
    below: isUp ? below : Math.min(below, seq),
    isUp,
    limit: perPage + 1,
    offset: 0,
  });
  const taken = found.seqs.slice(0, perPage);
  const ahead = found.stoppedAt ?? (found.seqs.length > perPage ? taken.at(-1) : undefined);
  const behind = wayBack(sieve, taken[0], isUp, seq);
  return {
    rows: sieve.tasks(isUp ? taken.toReversed() : taken),
    totalItems,
    isTotalExact,
    page: null,
    nextCursor: writeCursor("older", isUp ? behind : ahead),
    prevCursor: writeCursor("newer", isUp ? ahead : behind),
  };
}

/** What a page adds to a total that was not counted to the end. */
function totalAfter(
  total: Total,
  { seqs, stoppedAt }: Found,
  offset: number,
  perPage: number,
): Total {
  const totalItems = Math.max(total.totalItems, seqs.length === 0 ? 0 : offset + seqs.length);
  const isLast = stoppedAt === null && seqs.length <= perPage;
  return { totalItems, isTotalExact: isLast && (seqs.length > 0 || offset === 0) };
}

/** From an empty page the way leads back to where it was asked from. */
function wayBack(
  sieve: TaskSieve,
  nearest: number | undefined,
  isUp: boolean,
  askedFrom: number,
): number | undefined {
  if (nearest === undefined) return isUp ? askedFrom + 1 : askedFrom - 1;
  const bounds = { ...sieve.bounds, [isUp ? "below" : "above"]: nearest };
  return sieve.isAny(bounds, !isUp) ? nearest : undefined;
}

function failIfMissing({ seqs, stoppedAt }: Found, wanted: number, total: Total): void {
  if (!total.isTotalExact || stoppedAt !== null || seqs.length >= wanted) return;
  throw new LidoError(
    "journal_corrupt",
    `Cannot read journal: of ${total.totalItems} tasks that are counted some are missing`,
  );
}
