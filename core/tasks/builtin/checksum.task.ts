import { createHash } from "node:crypto";
import { defineTask, type TaskContext, type TaskDefinition, z } from "lido";
import { readChunks, readError, statPath, throwIfStopped } from "./reading.ts";

/** More would not fit a result. */
const FILES_MAX = 100_000;

const Input = z.strictObject({
  path: z.string().min(1).max(4_096).meta({
    description: "A file, or a folder with all that is in it (links are not followed)",
  }),
  algorithm: z.enum(["sha256", "sha1", "sha512", "md5"]).default("sha256"),
});
const Output = z.object({
  files: z.array(z.object({
    path: z.string().meta({ description: "As sha256sum shows it" }),
    bytes: z.int(),
    digest: z.string().meta({ description: "Hexadecimal" }),
  })).meta({ description: "Sorted by path" }),
  total_bytes: z.int(),
});

interface FoundFile {
  readonly path: string;
  readonly bytes: number;
}

/** Checksums of files, as `find PATH -type f | sort | xargs sha256sum` gives them. */
const checksum: TaskDefinition<typeof Input, typeof Output> = defineTask({
  name: "checksum",
  description: "Computes the checksum of a file, or of each file in a folder",
  input: Input,
  output: Output,
  examples: [{ path: "README.md" }, { path: "docs", algorithm: "sha512" }],
  async run({ path, algorithm }, ctx) {
    const found = await findFiles(path, ctx);
    const expected = found.reduce((sum, { bytes }) => sum + bytes, 0);
    const files: z.input<typeof Output>["files"] = [];
    let total = 0;
    for (const { path } of found) {
      const hash = createHash(algorithm);
      const before = total;
      for await (const chunk of readChunks(path, ctx)) {
        hash.update(chunk);
        total += chunk.length;
        // A file may have grown since it was found: done is never above the total.
        ctx.progress(total, Math.max(total, expected), path);
      }
      files.push({ path, bytes: total - before, digest: hash.digest("hex") });
    }
    ctx.progress(total, total);
    return { files, total_bytes: total };
  },
});
export default checksum;

async function findFiles(path: string, ctx: TaskContext): Promise<readonly FoundFile[]> {
  const info = await statPath(path);
  if (info.isFile) return [{ path, bytes: info.size }];
  if (!info.isDirectory) throw new Error(`Cannot read ${path}: it is neither a file nor a folder`);
  const files: FoundFile[] = [];
  const folders = [path];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    throwIfStopped(ctx);
    for (const { name, isFile, isDirectory } of await listFolder(folder)) {
      const inner = folder.endsWith("/") ? folder + name : `${folder}/${name}`;
      if (isDirectory) folders.push(inner);
      else if (isFile) files.push({ path: inner, bytes: (await statPath(inner)).size });
    }
    if (files.length > FILES_MAX) {
      throw new RangeError(`Cannot read ${path}: it holds more than ${FILES_MAX} files`);
    }
  }
  return files.sort((one, other) => one.path < other.path ? -1 : 1);
}

async function listFolder(folder: string): Promise<readonly Deno.DirEntry[]> {
  try {
    return await Array.fromAsync(Deno.readDir(folder));
  } catch (error) {
    throw readError(folder, error);
  }
}
