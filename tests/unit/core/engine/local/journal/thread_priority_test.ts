import { deepStrictEqual } from "node:assert/strict";

Deno.test({
  name: "giveWay() lowers the priority of its own thread, and of no other",
  ignore: Deno.build.os !== "linux", // elsewhere threads have no priorities of their own
  async fn() {
    const url = new URL("../../../../../fixtures/gives_way.ts", import.meta.url);
    const worker = new Worker(url, { type: "module" });
    const { promise, resolve } = Promise.withResolvers<unknown>();
    worker.onmessage = ({ data }) => resolve(data);
    const niceBefore = niceOf("self");
    const nice = await promise;
    worker.terminate();
    deepStrictEqual([nice, niceOf("self")], [10, niceBefore]);
  },
});

/** The nice value of a process's first thread: the 17th field behind the name's bracket. */
function niceOf(pid: string): number {
  const [, rest = ""] = Deno.readTextFileSync(`/proc/${pid}/stat`).split(") ");
  return Number(rest.split(" ")[16]);
}
