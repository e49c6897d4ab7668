// Writes how many tests passed, failed and were skipped into the file that `npm test` names, which prints them as the last
// line. With CI set, a skipped test that is not on the list beside this folder is a failure.
import { readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { Reporter, TestCase, TestModule } from "vitest/node";
import { type AllowedSkip, parseAllowedSkips } from "./allowed-skips.ts";
import { type Ending, type RunSummary, summariseRun } from "./summarise-run.ts";

const checkout = join(import.meta.dirname, "..", "..");

/** The reporter, in the form in which the test runner loads it. */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const summary = summariseRun([...modules.flatMap(endingsOf), ...errors.map(endingOfError)], skipsThatPass());
    for (const name of summary.forbiddenSkips)
      process.stderr.write(`skipped, but not in scripts/allowed-skips.txt: ${name}\n`);
    if (summary.failed > 0) process.exitCode = 1;
    publish(summary);
  }
}

function endingsOf(module: TestModule): readonly Ending[] {
  const path = relative(checkout, module.moduleId).replaceAll("\\", "/");
  const tests = [...module.children.allTests()].map((test) => ({
    name: `${path} > ${test.fullName}`,
    state: stateOf(test),
  }));
  const brokenParts = [module, ...module.children.allSuites()].filter((part) => part.errors().length > 0);
  return [...tests, ...brokenParts.map((): Ending => ({ name: path, state: "failed" }))];
}

/** A test that never got its turn, because the run was stopped, has not passed. */
function stateOf(test: TestCase): Ending["state"] {
  const { state } = test.result();
  return state === "pending" ? "failed" : state;
}

/** An error thrown while no test could be blamed for it. The runner prints it; here it only counts. */
function endingOfError(): Ending {
  return { name: "outside any test", state: "failed" };
}

function skipsThatPass(): readonly AllowedSkip[] | undefined {
  const isCi = process.env["CI"] === "true" || process.env["CI"] === "1";
  return isCi ? parseAllowedSkips(readFileSync(join(checkout, "scripts", "allowed-skips.txt"), "utf8")) : undefined;
}

function publish({ passed, failed, skipped }: RunSummary): void {
  const file = process.env["HERD_TEST_SUMMARY"];
  if (file !== undefined) writeFileSync(file, JSON.stringify({ passed, failed, skipped }));
}
