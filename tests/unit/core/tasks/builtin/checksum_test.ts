import { deepStrictEqual, ok, rejects } from "node:assert/strict";
import { createHash } from "node:crypto";
import checksum from "../../../../../core/tasks/builtin/checksum.task.ts";
import { FakeContext } from "../fake_context.ts";
import { TempFolder } from "../temp_folder.ts";

function digestOf(text: string, algorithm = "sha256"): string {
  return createHash(algorithm).update(text).digest("hex");
}

Deno.test("checksum of a file gives its digest in each algorithm", async () => {
  await using folder = await TempFolder.with({ "a.txt": "hello" });
  const path = `${folder.path}/a.txt`;

  for (const algorithm of ["sha256", "sha1", "sha512", "md5"] as const) {
    deepStrictEqual(await checksum.run({ path, algorithm }, new FakeContext()), {
      files: [{ path, bytes: 5, digest: digestOf("hello", algorithm) }],
      total_bytes: 5,
    });
  }
});

Deno.test("checksum of a folder lists what sha256sum would show, links left out", async () => {
  const texts = {
    "b.txt": "b",
    "a/z.txt": "z",
    "a/deep/er.txt": "",
    "a.txt": "aa",
    ".hidden": "h",
  };
  await using folder = await TempFolder.with(texts);
  await Deno.symlink(`${folder.path}/b.txt`, `${folder.path}/link.txt`);
  await Deno.symlink(folder.path, `${folder.path}/a/loop`);

  const result = await checksum.run(
    { path: folder.path, algorithm: "sha256" },
    new FakeContext(),
  );

  deepStrictEqual(
    result.files.map(({ path, digest }) => `${digest}  ${path}`),
    [".hidden", "a.txt", "a/deep/er.txt", "a/z.txt", "b.txt"].map((name) =>
      `${digestOf(texts[name as keyof typeof texts])}  ${folder.path}/${name}`
    ),
  );
  deepStrictEqual(result.total_bytes, 5);
});

Deno.test("checksum keeps a path's own form, with or without its last slash", async () => {
  await using folder = await TempFolder.with({ "a.txt": "a" });

  const result = await checksum.run(
    { path: `${folder.path}/`, algorithm: "md5" },
    new FakeContext(),
  );

  deepStrictEqual(result.files.map(({ path }) => path), [`${folder.path}/a.txt`]);
});

Deno.test("checksum reads a file of several chunks and tells each", async () => {
  const text = "0123456789abcdef".repeat(160 * 1024);
  await using folder = await TempFolder.with({ "big.bin": text, "small.bin": "x" });
  const ctx = new FakeContext();

  const result = await checksum.run({ path: folder.path, algorithm: "sha256" }, ctx);

  deepStrictEqual(result.files.map(({ digest }) => digest), [digestOf(text), digestOf("x")]);
  const total = text.length + 1;
  ok(ctx.isMonotonic && ctx.calls.length >= 4);
  ok(ctx.calls.every((call) => call.total === total));
  deepStrictEqual(ctx.calls.at(-1), { done: total, total });
});

Deno.test("checksum ends in the middle of a file when it is stopped", async () => {
  await using folder = await TempFolder.with({ "big.bin": "x".repeat(3 * 1024 * 1024) });
  const ctx = new FakeContext({ stopAtCall: 1 });

  await rejects(async () => await checksum.run({ path: folder.path, algorithm: "sha256" }, ctx), {
    name: "AbortError",
  });
  deepStrictEqual(ctx.calls.length, 1);
});

Deno.test("checksum of a path that is not there names it", async () => {
  await using folder = await TempFolder.with();
  const path = `${folder.path}/none.txt`;

  await rejects(async () => await checksum.run({ path, algorithm: "sha256" }, new FakeContext()), {
    message: `Cannot read ${path}: there is no such file or folder`,
  });
});

Deno.test({
  name: "checksum of a path that the pool may not read says which permission is missing",
  permissions: { read: false },
  async fn() {
    await rejects(
      async () => await checksum.run({ path: "/secret", algorithm: "sha256" }, new FakeContext()),
      {
        message: "Cannot read /secret: the pool may not read it; " +
          "add it, or its folder, to the pool's permissions.read",
      },
    );
  },
});

Deno.test("checksum of what is neither a file nor a folder is refused", async () => {
  await rejects(
    async () => await checksum.run({ path: "/dev/null", algorithm: "sha256" }, new FakeContext()),
    { message: "Cannot read /dev/null: it is neither a file nor a folder" },
  );
});
