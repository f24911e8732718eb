import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { LogFile } from "../../../../core/observation/log_file.ts";

/** A folder that is gone after the test. */
async function withFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Opens a file, and keeps what it told. */
function openFile(path: string, limits: { maxSize: number; backupCount: number }) {
  const errors: unknown[] = [];
  const tells: boolean[] = [];
  const file = new LogFile({ path, ...limits, onError: (error) => errors.push(error) });
  return { file, errors, tells, tell: (isWritten: boolean) => tells.push(isWritten) };
}

Deno.test("LogFile goes on at the end of what is there, and rotates when that is full", async () => {
  await withFolder(async (folder) => {
    const path = join(folder, "a.log");
    for (const life of ["one", "two", "three"]) {
      const { file, tell } = openFile(path, { maxSize: 9, backupCount: 1 });
      file.write(`${life}\n`, tell);
      await file[Symbol.asyncDispose]();
    }
    deepStrictEqual(
      [path, `${path}.1`].map((one) => Deno.readTextFileSync(one)),
      ["three\n", "one\ntwo\n"],
    );
  });
});

Deno.test("LogFile writes a line that is longer than a file into one of its own", async () => {
  await withFolder(async (folder) => {
    const path = join(folder, "a.log");
    const { file, tell, tells } = openFile(path, { maxSize: 4, backupCount: 9 });
    for (const line of ["a\n", "longer\n", "b\n"]) file.write(line, tell);
    await file[Symbol.asyncDispose]();
    deepStrictEqual(
      [path, `${path}.1`, `${path}.2`].map((one) => Deno.readTextFileSync(one)),
      ["b\n", "longer\n", "a\n"],
    );
    deepStrictEqual(tells, [true, true, true]);
  });
});

Deno.test("LogFile loses lines rather than hold more and more of them for a slow disk", async () => {
  await withFolder(async (folder) => {
    const path = join(folder, "a.log");
    const { file, tell, tells } = openFile(path, { maxSize: 2 ** 30, backupCount: 1 });
    const line = `${"x".repeat(1024 * 1024 - 1)}\n`;
    for (let count = 0; count < 6; count++) file.write(line, tell); // no disk is asked in one turn
    deepStrictEqual(tells, [false, false]);
    await file[Symbol.asyncDispose]();
    deepStrictEqual(tells, [false, false, true, true, true, true]);
    strictEqual(Deno.statSync(path).size, 4 * line.length);
  });
});

Deno.test("LogFile loses lines while it cannot rotate, and goes on when it can", async () => {
  await withFolder(async (folder) => {
    const path = join(folder, "a.log");
    const { file, tell, tells, errors } = openFile(path, { maxSize: 2, backupCount: 1 });
    await Deno.mkdir(join(`${path}.1`, "in its place"), { recursive: true });
    const told = Promise.withResolvers<void>();
    file.write("a\n", tell);
    file.write("b\n", (isWritten) => told.resolve(void tell(isWritten)));
    await told.promise;
    await Deno.remove(`${path}.1`, { recursive: true });
    file.write("c\n", tell);
    await file[Symbol.asyncDispose]();
    deepStrictEqual([tells, errors.length], [[true, false, true], 1]);
    deepStrictEqual([path, `${path}.1`].map((one) => Deno.readTextFileSync(one)), ["c\n", "a\n"]);
  });
});
