import type { Violation } from "../violation.ts";

const maximalDepth = 3;
const maximalFiles = 14;

/** Folders whose files all have the same shape may hold any number of them. */
const foldersOfLookAlikes = new Set([
  "signals",
  "filters",
  "pickers",
  "fallbacks",
  "checks",
  "probes",
  "migrations",
  "queries",
  "contracts",
]);

/** Folders that lie too deep below `src/`, and folders with too many files. Tests do not count. */
export function checkFolders(files: readonly string[]): readonly Violation[] {
  const counted = files.filter((file) => /\.(ts|tsx|mjs)$/.test(file) && !/\.test\.tsx?$/.test(file));
  const folders = Map.groupBy(counted, (file) => file.slice(0, file.lastIndexOf("/")));
  return [...folders].flatMap(([folder, content]) => [...tooDeep(folder), ...tooFull(folder, content.length)]);
}

function tooDeep(folder: string): readonly Violation[] {
  const below = folder.split(/(?:^|\/)src\/?/)[1];
  const depth = below === undefined || below === "" ? 0 : below.split("/").length;
  if (depth <= maximalDepth) return [];
  return [{ file: folder, rule: "folders below src/", found: depth, limit: maximalDepth }];
}

function tooFull(folder: string, count: number): readonly Violation[] {
  const name = folder.slice(folder.lastIndexOf("/") + 1);
  if (count <= maximalFiles || foldersOfLookAlikes.has(name)) return [];
  return [{ file: folder, rule: "files in a folder", found: count, limit: maximalFiles }];
}
