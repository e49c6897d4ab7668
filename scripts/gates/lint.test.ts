import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { writeTree } from "../bootstrap/testing/write-tree.ts";
import { checkout } from "./sources/read-sources.ts";
import { runBiome } from "./tools/run-biome.ts";
import { reportOf } from "./violation.ts";

test("the whole tree is formatted and free of everything that biome.jsonc forbids", () => {
  expect(reportOf(runBiome(checkout))).toBe("");
}, 60_000);

/** The real configuration, without what only holds inside the checkout. */
const configuration = readFileSync(join(checkout, "biome.jsonc"), "utf8").replace(/^ *"(\$schema|vcs)": .*$/gm, "");

const lines = (count: number): string => "  step();\n".repeat(count);
const branches = "  if (a) { for (const b of a) { if (b) { while (b) { if (a) { step(); } } } } }\n";

/** Each rule with a file, in a place where the rule holds, that breaks it. */
const canaries = [
  [
    "complexity/noExcessiveCognitiveComplexity",
    "router/src/http/complex.ts",
    `export function go(a: A) {\n${branches}}\n`,
  ],
  ["complexity/noExcessiveLinesPerFunction", "router/src/http/long.ts", `export function go() {\n${lines(41)}}\n`],
  [
    "complexity/useMaxParams",
    "router/src/http/parameters.ts",
    "export const go = (a: A, b: A, c: A, d: A) => [a, b, c, d];\n",
  ],
  ["correctness/noUnusedVariables", "router/src/http/unused.ts", "const a = 1;\nexport {};\n"],
  ["correctness/useImportExtensions", "router/src/http/ending.ts", 'export { a } from "./cycle-one";\n'],
  [
    "nursery/noFloatingPromises",
    "router/src/http/floating.ts",
    "async function go(): Promise<void> {}\ngo();\nexport {};\n",
  ],
  ["nursery/noJsRestrictedProperties", "router/src/scheduling/clock.ts", "export const at = Date.now();\n"],
  ["nursery/noJsRestrictedProperties", "router/src/fleet/chance.ts", "export const at = Math.random();\n"],
  [
    "nursery/useExhaustiveSwitchCases",
    "router/src/http/switch.ts",
    'export function go(a: "x" | "y"): number {\n  switch (a) {\n    case "x":\n      return 1;\n  }\n  return 2;\n}\n',
  ],
  ["performance/noBarrelFile", "router/src/http/barrel.ts", 'export * from "./cycle-one.ts";\n'],
  ["style/noDefaultExport", "router/src/http/default.ts", "export default 1;\n"],
  ["style/noEnum", "router/src/http/enum.ts", "export enum Kind {\n  One,\n}\n"],
  ["style/noExcessiveLinesPerFile", "router/src/http/long-file.ts", `export {};\n${"step();\n".repeat(250)}`],
  ["style/noNonNullAssertion", "router/src/http/assertion.ts", "export const a = (b: string | undefined) => b!;\n"],
  ["style/noProcessEnv", "router/src/http/environment.ts", 'export const a = process.env["HOME"];\n'],
  ["style/noRestrictedGlobals", "router/src/health/timer.ts", "setTimeout(go, 1);\nexport {};\n"],
  ["style/noRestrictedImports", "router/src/dispatch/effect.ts", 'export { readFileSync } from "node:fs";\n'],
  [
    "style/useErrorCause",
    "router/src/http/cause.ts",
    'export function go(): void {\n  try {\n    step();\n  } catch (error) {\n    throw new Error("no");\n  }\n}\n',
  ],
  ["style/useFilenamingConvention", "router/src/http/camelCase.ts", "export {};\n"],
  ["suspicious/noConsole", "router/src/http/terminal.ts", 'console.log("here");\nexport {};\n'],
  [
    "suspicious/noEmptyBlockStatements",
    "router/src/http/swallow.ts",
    "export function go(): void {\n  try {\n    step();\n  } catch {}\n}\n",
  ],
  ["suspicious/noExplicitAny", "router/src/http/any.ts", "export const a = (b: any) => b;\n"],
  [
    "suspicious/noFocusedTests",
    "router/src/http/focus.test.ts",
    'import { test } from "vitest";\ntest.only("a", () => go());\n',
  ],
  [
    "suspicious/noImportCycles",
    "router/src/http/cycle-one.ts",
    'import type { B } from "./cycle-two.ts";\nexport interface A {\n  readonly b: B;\n}\n',
  ],
] as const;

/** Files that keep to the rules because of where they lie. */
const exempt = {
  "packages/router/src/http/cycle-two.ts":
    'import type { A } from "./cycle-one.ts";\nexport interface B {\n  readonly a: A;\n}\n',
  "packages/router/src/http/long.test.ts": `export function go() {\n${lines(41)}}\n`,
  "packages/router/src/settings/environment.ts": 'export const a = process.env["HOME"];\n',
  "packages/router/src/cli/terminal.ts": 'console.log("here");\n',
  "packages/router/src/dispatch/effect.run.ts":
    'import { readFileSync } from "node:fs";\n\nsetTimeout(readFileSync, 1);\n',
  "packages/router/src/index.ts": 'export * from "./http/cycle-one.ts";\n',
};

describe("a canary", () => {
  using tree = writeTree({
    "biome.jsonc": configuration,
    ...exempt,
    ...Object.fromEntries(canaries.map(([, path, text]) => [`packages/${path}`, text])),
  });
  const found = runBiome(tree.root);

  test.each(canaries)("for %s, in %s, is noticed", (rule, path) => {
    const rules = found.filter(({ file }) => file === `packages/${path}`).map((violation) => violation.rule);
    expect(rules).toContain(`lint/${rule}`);
  });

  test("that breaks a rule where the rule does not hold is left alone", () => {
    const paths = Object.keys(exempt).filter((path) => !path.endsWith("cycle-two.ts"));
    expect(found.filter(({ file }) => paths.includes(file))).toEqual([]);
  });

  test("that is not formatted is noticed", () => {
    using untidy = writeTree({ "biome.jsonc": configuration, "scripts/untidy.ts": "export const a = { b : 1 }" });
    expect(runBiome(untidy.root).map(({ file, rule }) => [file, rule])).toContainEqual(["scripts/untidy.ts", "format"]);
  });
});
