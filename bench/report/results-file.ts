import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { PartResult } from "./findings.ts";
import { renderPage } from "./render-page.ts";

const docs = fileURLToPath(new URL("../../docs", import.meta.url));

/** The newest result of every part, in the order of the page. @throws Error when the file holds anything else */
export function readResults(folder = docs): readonly PartResult[] {
  const file = join(folder, "benchmarks.json");
  if (!existsSync(file)) return [];
  const content: unknown = JSON.parse(readFileSync(file, "utf8"));
  if (!Array.isArray(content)) throw new Error(`${file} is not a list of results`);
  return content as PartResult[];
}

/** Puts new results in the place of the old ones of the same parts. @param order the names of all parts */
export function mergeResults(
  old: readonly PartResult[],
  fresh: readonly PartResult[],
  order: readonly string[],
): readonly PartResult[] {
  const measured = new Set(fresh.map(({ part }) => part));
  const all = [...old.filter(({ part }) => !measured.has(part)), ...fresh];
  return all.toSorted((a, b) => order.indexOf(a.part) - order.indexOf(b.part));
}

/** Writes the results, the page and the pictures. */
export function writeResults(results: readonly PartResult[], folder = docs): void {
  writeFileSync(join(folder, "benchmarks.json"), `${JSON.stringify(results, undefined, 2)}\n`);
  writeFileSync(join(folder, "benchmarks.md"), renderPage(results));
  for (const { chart } of results) {
    if (chart !== undefined) writeFileSync(join(folder, chart.svgName), chart.svg);
  }
}
