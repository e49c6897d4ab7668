import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { writeTree } from "../bootstrap/testing/write-tree.ts";
import { checkout } from "./sources/read-sources.ts";
import { runKnip } from "./tools/run-knip.ts";
import { reportOf } from "./violation.ts";

const allowance = 60_000;

/** Only what is shipped counts, and only whole files: an export may be there for its test, a file may not. */
const shippedOnly = ["--production", "--include", "files"];

describe("the whole tree", () => {
  test(
    "has no file, export or dependency that nothing uses",
    () => {
      expect(reportOf(runKnip(checkout, []))).toBe("");
    },
    allowance,
  );

  test(
    "ships no file that only tests use",
    () => {
      expect(reportOf(runKnip(checkout, shippedOnly))).toBe("");
    },
    allowance,
  );
});

describe("a canary", () => {
  const router = "packages/router";
  using tree = writeTree({
    "knip.jsonc": readFileSync(join(checkout, "knip.jsonc"), "utf8"),
    "package.json": JSON.stringify({ name: "canary", private: true, type: "module" }),
    "pnpm-workspace.yaml": "packages:\n  - packages/*\n",
    [`${router}/package.json`]: JSON.stringify({
      name: "@herd/router",
      type: "module",
      dependencies: { pino: "10.4.0" },
    }),
    [`${router}/src/main.ts`]: 'import { used } from "./used.ts";\nimport "undici";\nused();\n',
    [`${router}/src/used.ts`]:
      "export const used = () => spare;\nexport const spare = 1;\nexport interface Unused {}\n",
    [`${router}/src/left-over.ts`]: "export const leftOver = 1;\n",
    [`${router}/src/only-tested.ts`]: "export const onlyTested = 1;\n",
    [`${router}/src/only-tested.test.ts`]: 'import { onlyTested } from "./only-tested.ts";\nonlyTested;\n',
  });
  const everything = runKnip(tree.root, []).map(({ file, found }) => `${file} ${found}`);
  const shipped = runKnip(tree.root, shippedOnly).map(({ file }) => file);

  test.each([
    ["a file", `${router}/src/left-over.ts ${router}/src/left-over.ts`],
    ["an export", `${router}/src/used.ts spare`],
    ["a type", `${router}/src/used.ts Unused`],
    ["a dependency", `${router}/package.json pino`],
    ["an undeclared dependency", `${router}/src/main.ts undici`],
  ])("is noticed: %s", (_kind, finding) => {
    expect(everything).toContain(finding);
  });

  test("is noticed: a shipped file that only a test uses", () => {
    expect(shipped).toContain(`${router}/src/only-tested.ts`);
    expect(everything).not.toContain(`${router}/src/only-tested.ts ${router}/src/only-tested.ts`);
  });

  test("that is used is left alone", () => {
    expect(everything.some((finding) => finding.endsWith(" used"))).toBe(false);
  });
});
