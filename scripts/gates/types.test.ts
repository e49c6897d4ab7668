import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { writeTree } from "../bootstrap/testing/write-tree.ts";
import { checkout } from "./sources/read-sources.ts";
import { buildProjects, effectiveOptions } from "./tools/run-compiler.ts";

const allowance = 120_000;

const strictness = {
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  noImplicitOverride: true,
  noFallthroughCasesInSwitch: true,
  noPropertyAccessFromIndexSignature: true,
  erasableSyntaxOnly: true,
  verbatimModuleSyntax: true,
  isolatedModules: true,
};

/** Members of `strict` that a project could take back one by one. */
const partsOfStrict = ["noImplicitAny", "strictNullChecks", "strictFunctionTypes", "useUnknownInCatchVariables"];

const solution = JSON.parse(readFileSync(join(checkout, "tsconfig.json"), "utf8")) as {
  readonly references: readonly { readonly path: string }[];
};
const projects = solution.references.map(({ path }) => path);
const base = readFileSync(join(checkout, "tsconfig.base.json"), "utf8");

test(
  "every source and every test compiles",
  () => {
    const { code, output } = buildProjects(checkout);
    expect(output.trim()).toBe("");
    expect(code).toBe(0);
  },
  allowance,
);

test.each([
  "packages/shared",
  "packages/router",
  "packages/node-agent",
  "packages/simulated-ollama",
  "dashboard",
  "e2e",
  "bench",
  "scripts",
])("%s is part of the build", (project) => {
  expect(projects).toContain(project);
});

test.each(projects)("%s is compiled strictly", (project) => {
  const options = effectiveOptions(join(checkout, project));
  expect(options).toMatchObject(strictness);
  expect(partsOfStrict.filter((name) => options[name] === false)).toEqual([]);
});

describe("a canary", () => {
  const projectWith = (text: string) =>
    writeTree({
      "tsconfig.json": JSON.stringify({
        extends: "./tsconfig.base.json",
        compilerOptions: { types: [], outDir: "dist" },
      }),
      "tsconfig.base.json": base,
      "package.json": '{ "type": "module" }',
      "canary.ts": text,
    });

  test.each([
    ["TS2322", 'export const a: number = "one";\n'],
    ["TS2532", "export const a = (list: string[]) => list[0].length;\n"],
    ["TS2375", "export const a: { b?: number } = { b: undefined };\n"],
    ["TS4111", "export const a = (b: Record<string, string>) => b.c;\n"],
    ["TS1294", "export enum Kind {\n  One,\n}\n"],
    ["TS1484", 'import { B } from "./canary.ts";\nexport interface B {}\nexport type A = B;\n'],
    ["TS7006", "export const a = (b) => b;\n"],
  ])("with the error %s is noticed", (code, text) => {
    using tree = projectWith(text);
    const end = buildProjects(tree.root);
    expect(end.output).toContain(code);
    expect(end.code).not.toBe(0);
  });

  test("without an error is left alone", () => {
    using tree = projectWith("export const a = 1;\n");
    expect(buildProjects(tree.root)).toMatchObject({ code: 0, stdout: "" });
  });
});
