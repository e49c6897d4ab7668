// What the way through herd costs: `npm run bench -- --help`.
import { writeFileSync } from "node:fs";
import type { Part } from "./parts/part.ts";
import { parts } from "./parts.ts";
import { type Order, readOrder, usageOf } from "./read-order.ts";
import { mergeResults, readResults, writeResults } from "./report/results-file.ts";
import { runParts } from "./run-parts.ts";

const names = parts.map(({ name }) => name);

/** Runs what was ordered. Resolves to the exit code: 1 when something failed, 2 when a part could not run. */
async function run({ names: wanted, jsonFile, mustWrite, ...plan }: Order): Promise<number> {
  const isWanted = ({ name, isLong }: Part): boolean => (wanted.length === 0 ? !isLong : wanted.includes(name));
  const { results, leftOut, broken } = await runParts(parts.filter(isWanted), plan);
  if (jsonFile !== undefined) writeFileSync(jsonFile, `${JSON.stringify(results, undefined, 2)}\n`);
  if (mustWrite) writeResults(mergeResults(readResults(), results, names));
  for (const sentence of [...leftOut, ...broken]) console.error(`bench: ${sentence}`);
  if (leftOut.length > 0) return 2;
  return broken.length > 0 || results.some(({ failures }) => failures > 0) ? 1 : 0;
}

// Ends as an error does: everything that was started ends, too.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));

const read = readOrder(process.argv.slice(2), names);
if (read.kind === "order") process.exitCode = await run(read.order);
else if (read.kind === "usage") console.log(usageOf(names));
else {
  console.error(`bench: ${read.sentence} See npm run bench -- --help`);
  process.exitCode = 2;
}
