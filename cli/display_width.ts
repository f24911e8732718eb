/**
 * How many cells of a terminal a text takes: none for a mark on the letter before it, two for
 * Chinese, Japanese, Korean and most pictures, one for all else. Terminals do not agree about
 * pictures that are joined of several; they count here as what they are joined of, which is the most
 * that any terminal takes, so that a line is rather too short than too long.
 */

/** Letters of two cells, by Unicode's East Asian Width; pictures are told by their property. */
// deno-fmt-ignore
const WIDE = /[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\u4dbf\u4e00-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18cff}\u{1b000}-\u{1b2ff}\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
/** What stands on the letter before it, or is not seen at all. */
const NO_CELLS = /[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff]/u;
/** Most texts: a letter a cell. */
const PLAIN = /^[\x20-\x7e]*$/;
const letters = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Cells that a text without control characters takes. */
export function widthOf(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let cells = 0;
  for (const char of text) cells += NO_CELLS.test(char) ? 0 : WIDE.test(char) ? 2 : 1;
  return cells;
}

/** Makes a text just so wide: cut with `…`, or filled up on the right, or for numbers on the left. */
export function fitTo(text: string, width: number, isNumber = false): string {
  const whole = cutTo(text, width);
  const padding = " ".repeat(width - widthOf(whole));
  return isNumber ? padding + whole : whole + padding;
}

/** Cuts a text to at most so many cells; the last one tells that it was cut. */
export function cutTo(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  if (width < 1) return "";
  let kept = "";
  let cells = 1; // of the `…`
  for (const { segment } of letters.segment(text)) {
    cells += widthOf(segment);
    if (cells > width) break;
    kept += segment;
  }
  return `${kept}…`;
}
