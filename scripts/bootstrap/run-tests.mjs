import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { environmentWith } from "./choose-node.mjs";
import { inCheckout } from "./places.mjs";
import { runChild } from "./processes/run-child.mjs";

const runner = inCheckout("node_modules", "vitest", "vitest.mjs");

/**
 * Runs the gates and all tests, or those that match `filters`, and ends with one line that says how many did what. The line
 * is written here, after the runner has ended, so that nothing can come behind it.
 * @param {{ node: string, filters: readonly string[], failedBuilds: number }} run
 *   `filters` are paths and options for the runner; builds that failed before count as failed tests
 * @returns {Promise<number>} exit code: 0 only when nothing failed
 */
export async function runTests({ node, filters, failedBuilds }) {
  const folder = mkdtempSync(join(tmpdir(), "herd-tests-"));
  const summaryFile = join(folder, "summary.json");
  try {
    const environment = { ...environmentWith(node), HERD_TEST_SUMMARY: summaryFile };
    const code = await runChild({ command: node, args: [runner, "run", ...filters], environment });
    const { passed, failed: failedTests, skipped } = readSummary(summaryFile, code);
    const failed = failedTests + failedBuilds;
    process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`);
    return code === 0 && failed > 0 ? 1 : code;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} file written by the reporter; a runner that broke down has not written it
 * @param {number} code how the runner ended
 * @returns {{ passed: number, failed: number, skipped: number }}
 */
function readSummary(file, code) {
  if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8"));
  return { passed: 0, failed: code === 0 ? 0 : 1, skipped: 0 };
}
