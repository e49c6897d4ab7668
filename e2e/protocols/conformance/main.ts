// Whether a router answers as one Ollama does: `npm run conformance -- --help`.
import { writeFileSync } from "node:fs";
import type { Row } from "./compare/verdict.ts";
import { ConformanceProblem } from "./live/problem.ts";
import { type Order, readOrder, usage } from "./read-order.ts";
import { renderPage } from "./report/page.ts";
import { findingsOf, tableOf, totalsOf } from "./report/table.ts";
import { runOrder, runOwnSteps, runRecorded, runSessions } from "./run-order.ts";

const page = new URL("../../../docs/conformance.md", import.meta.url);

/** Runs what was ordered and prints it. Resolves to the exit code: 1 when something differs, 2 when nothing could be run. */
async function run(order: Order): Promise<number> {
  let count = 0;
  const onRow = (): void => {
    count += 1;
    if (process.stderr.isTTY) process.stderr.write(`\r${count} steps`);
  };
  const rows = order.mustWrite ? await writePage(onRow) : await runOrder(order, onRow);
  if (process.stderr.isTTY) process.stderr.write("\r");
  if (rows.length === 0)
    throw new ConformanceProblem(`No step is on a route that contains ${JSON.stringify(order.only)}.`);
  if (order.asJson) console.log(JSON.stringify(rows, undefined, 2));
  else console.log([tableOf(rows), findingsOf(rows), totalsOf(rows)].filter((part) => part !== "").join("\n\n"));
  return rows.some(({ verdict }) => verdict.kind === "different") ? 1 : 0;
}

async function writePage(onRow: (row: Row) => void): Promise<readonly Row[]> {
  const steps = await runOwnSteps(undefined, onRow);
  const recordings = await runRecorded({ onRow });
  const sessions = await runSessions(onRow);
  writeFileSync(page, renderPage({ steps, recordings, sessions, date: new Date().toISOString().slice(0, 10) }));
  return [...steps, ...recordings, ...sessions];
}

const read = readOrder(process.argv.slice(2));
if (read.kind === "usage") console.log(usage);
else if (read.kind === "problem") {
  console.error(`conformance: ${read.sentence} See npm run conformance -- --help`);
  process.exitCode = 2;
} else {
  try {
    process.exitCode = await run(read.order);
  } catch (error) {
    if (!(error instanceof ConformanceProblem)) throw error;
    console.error(`conformance: ${error.message}`);
    process.exitCode = 2;
  }
}
