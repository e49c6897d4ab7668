import type { SourceFile } from "../sources/source-file.ts";
import type { Violation } from "../violation.ts";
import { importsOf } from "./imports-of.ts";
import { resolveImport } from "./target.ts";

/** Every group of files that import each other in a circle; imports of types count like all others. */
export function checkCycles(sources: readonly SourceFile[]): readonly Violation[] {
  const graph = new Map(sources.map((source) => [source.path, filesImportedBy(source)]));
  return [...graph.keys()].flatMap((file) => {
    const way = wayBack(file, graph);
    if (way === undefined || way.some((other) => other < file)) return [];
    return [{ file, rule: "import cycle", found: [...way, file].join(" → "), limit: 0 }];
  });
}

type Graph = ReadonlyMap<string, readonly string[]>;

function filesImportedBy(source: SourceFile): readonly string[] {
  const targets = importsOf(source).map(({ specifier }) => resolveImport(source.path, specifier));
  return targets.flatMap((target) => (target.kind === "file" ? [target.file] : []));
}

/** The shortest way from a file over its imports back to itself, beginning with the file. */
function wayBack(file: string, graph: Graph): readonly string[] | undefined {
  const ways: (readonly string[])[] = [[file]];
  const seen = new Set<string>();
  for (const way of ways) {
    const next = graph.get(way.at(-1) ?? file) ?? [];
    if (next.includes(file)) return way;
    const unseen = next.filter((other) => !seen.has(other));
    for (const other of unseen) seen.add(other);
    ways.push(...unseen.map((other) => [...way, other]));
  }
  return undefined;
}
