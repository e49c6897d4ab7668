import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { writeTree } from "../bootstrap/testing/write-tree.ts";
import { checkout } from "../gates/sources/read-sources.ts";

const reporter = join(import.meta.dirname, "summary-reporter.ts");
const config = (more: string) =>
  `export default { test: { globals: true, reporters: [${JSON.stringify(reporter)}], ${more} } };\n`;

/** Runs the test runner on some test files of their own and returns how it ended and what the reporter left. */
function runTestsIn(files: Readonly<Record<string, string>>, environment: Readonly<Record<string, string>>) {
  using tree = writeTree({ "vitest.config.mjs": config("include: ['*.test.js']"), ...files });
  const summaryFile = join(tree.root, "summary.json");
  const runner = join(checkout, "node_modules", "vitest", "vitest.mjs");
  const { status, stderr } = spawnSync(process.execPath, [runner, "run", "--root", tree.root], {
    cwd: tree.root,
    encoding: "utf8",
    env: { ...process.env, CI: "", ...environment, HERD_TEST_SUMMARY: summaryFile },
  });
  const summary: unknown = existsSync(summaryFile) ? JSON.parse(readFileSync(summaryFile, "utf8")) : undefined;
  return { status, stderr, summary };
}

const passing = { "good.test.js": "test('adds', () => {});\ntest('subtracts', () => {});\n" };
const skipping = {
  "skip.test.js": "test('needs nginx', (context) => context.skip('no nginx'));\ntest.todo('later');\n",
};

describe("the summary reporter", () => {
  test("counts what passed and what was skipped", () => {
    const { status, summary } = runTestsIn({ ...passing, ...skipping }, {});
    expect(summary).toEqual({ passed: 2, failed: 0, skipped: 2 });
    expect(status).toBe(0);
  });

  test("with CI set, counts a skip that nobody allowed as a failure, and names it", () => {
    const { status, summary, stderr } = runTestsIn({ ...passing, ...skipping }, { CI: "true" });
    expect(summary).toEqual({ passed: 2, failed: 2, skipped: 0 });
    expect(stderr).toContain("skip.test.js > needs nginx");
    expect(status).not.toBe(0);
  });

  test("counts failed tests, files that cannot be read, and errors that no test is to blame for", () => {
    const { status, summary } = runTestsIn(
      {
        ...passing,
        "bad.test.js": "test('fails', () => { throw new Error('no'); });\n",
        "broken.test.js": "import './missing.js';\n",
        "stray.test.js":
          "test('passes', async () => { Promise.reject(Object.create(null)); await new Promise(setImmediate); });\n",
      },
      {},
    );
    expect(summary).toEqual({ passed: 3, failed: 3, skipped: 0 });
    expect(status).not.toBe(0);
  });
});
