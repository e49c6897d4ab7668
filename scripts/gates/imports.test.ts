import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkCycles } from "./imports/check-cycles.ts";
import { checkImports } from "./imports/check-imports.ts";
import { checkPurity } from "./imports/check-purity.ts";
import { parseRuleTable } from "./imports/rule-table.ts";
import { checkout, readSources } from "./sources/read-sources.ts";
import { parseSource } from "./sources/source-file.ts";
import { reportOf } from "./violation.ts";

const architecture = join(checkout, "ARCHITECTURE.md");
const table = parseRuleTable(existsSync(architecture) ? readFileSync(architecture, "utf8") : "");
const sources = readSources(checkout);

/** What the real table says about one line in one file. */
const rulesBroken = (file: string, text: string): readonly string[] =>
  checkImports([parseSource(file, text)], table).map(({ rule }) => rule);

/** What the purity check finds in one line of a file in a pure folder. */
const effectsFound = (text: string, file = "packages/router/src/scheduling/canary.ts"): readonly unknown[] =>
  checkPurity([parseSource(file, text)], table).map(({ found }) => found);

describe("the import graph", () => {
  test("keeps to the table in ARCHITECTURE.md", () => {
    expect(reportOf(checkImports(sources, table))).toBe("");
  });

  test("has no cycle, types included", () => {
    expect(reportOf(checkCycles(sources))).toBe("");
  });

  test("reaches no clock, no randomness and no outside world from a pure file", () => {
    expect(reportOf(checkPurity(sources, table))).toBe("");
  });
});

describe("a canary import", () => {
  test.each([
    ["packages/router/src/scheduling/canary.ts", 'import { x } from "../fleet/registry.ts";'],
    ["packages/router/src/scheduling/canary.ts", 'import type { X } from "../fleet/registry.ts";'],
    ["packages/router/src/scheduling/canary.ts", 'import { x } from "node:fs";'],
    ["packages/router/src/scheduling/canary.ts", 'import { x } from "semver";'],
    ["packages/router/src/domain/canary.ts", 'export * from "../scheduling/scheduler.ts";'],
    ["packages/router/src/protocols/ollama/read-canary.ts", 'import fastify from "fastify";'],
    ["packages/router/src/protocols/ollama/read-canary.ts", 'type A = import("../../dispatch/attempt.run.ts").A;'],
    ["packages/router/src/dispatch/canary.run.ts", 'await import("../protocols/tap.ts");'],
    ["packages/router/src/traces/canary.ts", 'import { x } from "../http/read-body.ts";'],
    ["packages/router/src/pipeline/canary.ts", 'import { x } from "../dispatch/pools.run.ts";'],
    ["packages/router/src/pipeline/canary.ts", 'import { Pool } from "undici";'],
    ["packages/router/src/cli/canary.ts", 'import { start } from "../start.ts";'],
    ["packages/router/src/admission/canary.ts", 'import { x } from "node:timers";'],
    ["packages/node-agent/src/agent/canary.ts", 'import { x } from "@herd/router";'],
    ["packages/node-agent/src/agent/canary.ts", 'import { x } from "../../../router/src/domain/errors.ts";'],
    ["packages/node-agent/src/agent/canary.ts", 'import { start } from "../start.ts";'],
    ["packages/shared/src/contracts/canary.ts", 'import { x } from "../link/identity.ts";'],
    ["packages/shared/src/contracts/canary.ts", 'import { x } from "node:crypto";'],
    ["packages/simulated-ollama/src/canary.ts", 'import { x } from "@herd/shared/link";'],
    ["dashboard/src/canary.tsx", 'import { x } from "node:fs";'],
    ["dashboard/src/canary.tsx", 'import { x } from "@herd/router";'],
    ["packages/router/src/scheduling/canary.test.ts", 'import { x } from "../fleet/registry.ts";'],
    ["packages/router/src/scheduling/canary.test.ts", 'import fastify from "fastify";'],
  ])("in %s is noticed: %s", (file, text) => {
    expect(rulesBroken(file, text)).toHaveLength(1);
  });

  test.each([
    [
      "packages/router/src/scheduling/canary.ts",
      'import { x } from "../domain/candidate.ts"; import { y } from "@herd/shared";',
    ],
    ["packages/router/src/pipeline/canary.ts", 'import type { X } from "../dispatch/attempt-result.ts";'],
    ["packages/router/src/dispatch/canary.run.ts", 'import { Pool } from "undici"; import { x } from "node:fs";'],
    ["packages/router/src/main.ts", 'import { start } from "./start.ts";'],
    ["packages/router/src/scheduling/canary.test.ts", 'import { test } from "vitest"; import { x } from "node:fs";'],
  ])("that %s may make is left alone: %s", (file, text) => {
    expect(rulesBroken(file, text)).toEqual([]);
  });

  test("in a file that no row is about is noticed", () => {
    expect(rulesBroken("packages/router/src/somewhere-new/canary.ts", "")).toEqual(["has no row in the import table"]);
  });

  test("that only main.ts may make is noticed even where everything else is allowed", () => {
    expect(rulesBroken("packages/node-agent/src/agent/x.ts", 'import type { A } from "../start.ts";')).toEqual([
      "only main.ts and index.ts import start.ts",
    ]);
  });

  test("that closes a circle of types is noticed once, with the way round", () => {
    const circle = [
      parseSource("packages/a/src/one.ts", 'import type { B } from "./two.ts";'),
      parseSource("packages/a/src/two.ts", 'export type { C } from "./three.ts";'),
      parseSource("packages/a/src/three.ts", 'type A = import("./one.ts").A;'),
    ];
    expect(checkCycles(circle).map(({ found }) => found)).toEqual([
      "packages/a/src/one.ts → packages/a/src/two.ts → packages/a/src/three.ts → packages/a/src/one.ts",
    ]);
  });
});

describe("a canary effect", () => {
  test.each([
    ["const a = Date.now();", "Date.now"],
    ["const a = Math.random();", "Math.random"],
    ["const a = new Date();", "new Date()"],
    ["const a = performance.now();", "performance"],
    ["const a = process.uptime();", "process"],
    ["const a = { clock: performance };", "performance"],
    ["setTimeout(go, 1);", "setTimeout"],
    ["schedule(setTimeout);", "setTimeout"],
    ["const a = fetch;", "fetch"],
    ["const a = crypto.randomUUID();", "crypto"],
    ["const a = AbortSignal.timeout(3);", "AbortSignal.timeout"],
  ])("in a pure file is noticed: %s", (text, found) => {
    expect(effectsFound(text)).toEqual([found]);
  });

  test("in a folder where effects have files of their own is noticed outside those files only", () => {
    expect(effectsFound("const a = Date.now();", "packages/router/src/dispatch/canary.ts")).toEqual(["Date.now"]);
    expect(effectsFound("const a = Date.now();", "packages/router/src/dispatch/canary.run.ts")).toEqual([]);
  });

  test.each([
    "const a = new Date(at);",
    "interface A { process(): void }",
    "const a = { process: 1 }; a.process;",
    "const b = (crypto: string) => 1;",
  ])("that is none is left alone: %s", (text) => {
    expect(effectsFound(text)).toEqual([]);
  });
});

describe("the table", () => {
  test("is refused when it is missing or a row names no files", () => {
    expect(() => parseRuleTable("# Herd\n")).toThrow('no section "## Who may import whom"');
    expect(() => parseRuleTable("## Who may import whom\nnothing\n")).toThrow("no table");
    expect(() => parseRuleTable("## Who may import whom\n| Files |\n|---|\n| shared |\n")).toThrow("names no files");
  });
});
