import { readFile } from "node:fs/promises";

/** The text of a file of the system, trimmed; undefined where it does not exist or may not be read. */
export async function readText(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, "utf8")).trim();
  } catch {
    return undefined;
  }
}
