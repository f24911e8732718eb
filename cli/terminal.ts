/** The machine's own terminal, taken over as a whole and given back as it was. */
import type { Output, Terminal } from "./world.ts";

/** The alternate screen, no cursor, and what is too long for a line is not continued on the next. */
const TAKE = "\x1b[?1049h\x1b[?25l\x1b[?7l";
const GIVE_BACK = "\x1b[?7h\x1b[?25h\x1b[?1049l";

/** Takes the terminal that is both standard input and `out`, if there is one. */
export function takeTerminal(out: Output): Terminal | undefined {
  if (!out.isTerminal || !Deno.stdin.isTerminal()) return undefined;
  let tellResize = () => {};
  let isTaken = true;
  const resized = () => tellResize();
  const giveBack = () => {
    if (!isTaken) return;
    isTaken = false;
    if (hasResizes()) Deno.removeSignalListener("SIGWINCH", resized);
    globalThis.removeEventListener("unload", giveBack);
    Deno.stdin.setRaw(false);
    out.write(GIVE_BACK);
  };
  if (hasResizes()) Deno.addSignalListener("SIGWINCH", resized);
  globalThis.addEventListener("unload", giveBack); // whoever asks twice for an end gets it at once
  Deno.stdin.setRaw(true);
  out.write(TAKE);
  return {
    typed: Deno.stdin.readable.pipeThrough(new TextDecoderStream()),
    size: () => Deno.consoleSize(),
    write: (text) => void out.write(text),
    onResize: (tell) => tellResize = tell,
    [Symbol.dispose]: giveBack,
  };
}

function hasResizes(): boolean {
  return Deno.build.os !== "windows";
}
