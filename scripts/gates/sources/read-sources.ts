import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSource, type SourceFile } from "./source-file.ts";

/** The root of the checkout. */
export const checkout = join(import.meta.dirname, "..", "..", "..");

/** Where sources of our own lie. */
const sourceFolders = ["packages", "dashboard", "e2e", "bench", "scripts"] as const;
const skippedFolders = new Set(["node_modules", "dist", "types", "fixtures", "coverage"]);

/** Paths, from the root, of every file of our own in the folders of the workspace, in the order of their names. */
export function listFiles(root: string): readonly string[] {
  return sourceFolders.filter((folder) => existsSync(join(root, folder))).flatMap((folder) => filesBelow(root, folder));
}

/** Every TypeScript and JavaScript file of the workspace, parsed. */
export function readSources(root: string): readonly SourceFile[] {
  const paths = listFiles(root).filter((path) => /\.(ts|tsx|mjs)$/.test(path));
  return paths.map((path) => parseSource(path, readFileSync(join(root, path), "utf8")));
}

function filesBelow(root: string, folder: string): readonly string[] {
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  return entries
    .filter((entry) => !skippedFolders.has(entry.name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      return entry.isDirectory() ? filesBelow(root, path) : [path];
    });
}
