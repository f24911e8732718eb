/** The first lines of `top`: the server, its totals, and what is wrong. */
import { cutTo } from "../display_width.ts";
import { printable } from "../printable.ts";
import { paint } from "./columns.ts";
import { countText, durationText, rateText } from "./numbers.ts";
import type { TopState } from "./state.ts";

/** Draws them; there are always three. */
export function headLines(
  state: TopState,
  columns: number,
  hasColours: boolean,
): readonly [string, string, string] {
  return [
    serverLine(state, columns, hasColours),
    cutTo(totalsText(state), columns),
    warningLine(state, columns, hasColours),
  ];
}

function serverLine(state: TopState, columns: number, hasColours: boolean): string {
  const { view: { look: { health, atMs } }, trouble, url } = state;
  const upMs = Math.max(0, atMs - Date.parse(health.stats.started_at));
  const word = trouble !== null ? "no answer" : health.healthy ? "healthy" : "not healthy";
  const memory = `${countText(health.stats.memory_bytes / 2 ** 20)} MiB`;
  const text = `Lido  ${printable(url)}  ${word}  up ${durationText(upMs)}  ${memory}`;
  const isWell = trouble === null && health.healthy;
  return paint(["bold", isWell ? "green" : "red"], cutTo(text, columns), hasColours);
}

function totalsText({ view: { look, rates } }: TopState): string {
  const { stats } = look.health;
  return [
    stats.total_pools === 1 ? "1 pool" : `${stats.total_pools} pools`,
    `${stats.busy_workers}/${stats.workers} threads busy`,
    `pending ${countText(stats.pending_tasks)}`,
    `done ${countText(stats.completed_tasks)} (${rateText(rates.completed)}/s)`,
    `failed ${countText(stats.failed_tasks)} (${rateText(rates.failed)}/s)`,
    ...stats.zombies > 0 ? [`zombies ${stats.zombies}`] : [],
  ].join("  ");
}

/** That nobody answers, or the worst of the alerts. */
function warningLine(state: TopState, columns: number, hasColours: boolean): string {
  const { view: { look }, trouble } = state;
  if (trouble !== null) {
    const since = new Date(trouble.sinceMs).toISOString().slice(11, 19);
    const text = `No answer since ${since} UTC, trying again: ${printable(trouble.text)}`;
    return paint(["bold", "red"], cutTo(text, columns), hasColours);
  }
  const { alerts } = look.health;
  const worst = alerts.find(({ level }) => level === "critical") ?? alerts[0];
  if (worst === undefined) return "";
  const more = alerts.length === 1 ? "" : ` (and ${alerts.length - 1} more)`;
  const style = worst.level === "critical" ? ["bold", "red"] as const : "yellow";
  return paint(
    typeof style === "string" ? style : [...style],
    cutTo(`! ${printable(worst.message)}${more}`, columns),
    hasColours,
  );
}
