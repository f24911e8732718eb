import { dirname, join } from "node:path";

/** A folder that is gone after the test. */
export class TempFolder implements AsyncDisposable {
  private constructor(readonly path: string) {}

  /** Makes a folder with the given files: path to text. */
  static async with(files: Readonly<Record<string, string>> = {}): Promise<TempFolder> {
    const folder = new TempFolder(await Deno.realPath(await Deno.makeTempDir()));
    for (const [path, text] of Object.entries(files)) await folder.write(path, text);
    return folder;
  }

  async write(path: string, text: string): Promise<string> {
    const whole = join(this.path, path);
    await Deno.mkdir(dirname(whole), { recursive: true });
    await Deno.writeTextFile(whole, text);
    return whole;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}
