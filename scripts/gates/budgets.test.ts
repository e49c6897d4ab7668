import { describe, expect, test } from "vitest";
import { checkClosures } from "./budgets/check-closures.ts";
import { checkComments } from "./budgets/check-comments.ts";
import { checkEnvironment } from "./budgets/check-environment.ts";
import { checkFileNames, checkIdentifiers } from "./budgets/check-names.ts";
import { checkFolders } from "./budgets/folder-budgets.ts";
import { checkout, listFiles, readSources } from "./sources/read-sources.ts";
import { parseSource } from "./sources/source-file.ts";
import { reportOf } from "./violation.ts";

const files = listFiles(checkout);
const sources = readSources(checkout);

/** The words found in the names that a piece of source gives. */
const wordsIn = (text: string): readonly unknown[] =>
  checkIdentifiers(parseSource("a.ts", text)).map(({ found }) => found);

describe("the source tree", () => {
  test("is there to be looked at", () => {
    expect(sources.length).toBeGreaterThan(20);
  });

  test("has no folder that is too deep or too full", () => {
    expect(reportOf(checkFolders(files))).toBe("");
  });

  test("names its files and folders in kebab case, with words that say something", () => {
    expect(reportOf(checkFileNames(files))).toBe("");
  });

  test("names its things with words that say something", () => {
    expect(reportOf(sources.flatMap(checkIdentifiers))).toBe("");
  });

  test("reads the environment in main.ts and settings/ only", () => {
    expect(reportOf(sources.flatMap(checkEnvironment))).toBe("");
  });

  test("gives function literals on the way of a request a name before they are assigned to a property", () => {
    expect(reportOf(sources.flatMap(checkClosures))).toBe("");
  });

  test("promises nothing for later and switches no firm rule off", () => {
    expect(reportOf(sources.flatMap(checkComments))).toBe("");
  });
});

describe("a canary", () => {
  test("in a folder four levels below src is noticed", () => {
    expect(reportOf(checkFolders(["packages/router/src/a/b/c/d/e.ts"]))).toBe(
      "packages/router/src/a/b/c/d  folders below src/: 4 (allowed: 3)",
    );
    expect(checkFolders(["packages/router/src/a/b/c/e.ts"])).toEqual([]);
  });

  test("that is the fifteenth file of its folder is noticed, a test or the fifteenth signal is not", () => {
    const fifteen = Array.from({ length: 15 }, (_, index) => `file-${index}.ts`);
    expect(reportOf(checkFolders(fifteen.map((name) => `packages/router/src/fleet/${name}`)))).toBe(
      "packages/router/src/fleet  files in a folder: 15 (allowed: 14)",
    );
    expect(checkFolders(fifteen.map((name) => `packages/router/src/scheduling/signals/${name}`))).toEqual([]);
    const oneIsATest = fifteen.map((name) => name.replace("file-3.ts", "file-3.test.ts"));
    expect(checkFolders(oneIsATest.map((name) => `packages/router/src/fleet/${name}`))).toEqual([]);
  });

  test.each([
    ["packages/router/src/fleet/nodeRecord.ts", "nodeRecord.ts"],
    ["packages/router/src/Fleet/node-record.ts", "Fleet"],
    ["packages/router/src/fleet/node-utils.ts", "utils"],
    ["packages/router/src/common/node.ts", "common"],
  ])("named %s is noticed", (file, found) => {
    expect(checkFileNames([file]).map((violation) => violation.found)).toEqual([found]);
  });

  test.each([
    ["const nodeInfo = 1;", "info"],
    ["function sendReq() {}", "req"],
    ["const send = (res: Reply) => res;", "res"],
    ["interface FleetManager { readonly a: 1 }", "manager"],
    ["interface Fleet { readonly nodeService: 1 }", "service"],
    ["const { a: ctx } = fleet;", "ctx"],
    ["const [opts] = fleet;", "opts"],
    ["const data = 1;", "data"],
    ["const NODE_UTILS = 1;", "utils"],
    ["try { a(); } catch (evt) { b(evt); }", "evt"],
    ["for (const msg of all) send(msg);", "msg"],
  ])("that names a thing in %j is noticed", (text, found) => {
    expect(wordsIn(text)).toEqual([found]);
  });

  test.each([
    "const dataFolder = resource.data;",
    "log.info({ msg: 1 });",
    "const { data } = page;",
    "interface ShowBody { readonly model_info: 1 }",
    "const request = information;",
    "const readNumCtx = modelInfo;",
  ])("that names nothing badly in %j is left alone", (text) => {
    expect(wordsIn(text)).toEqual([]);
  });

  test.each(['const a = process.env["HOME"];', 'import { env } from "node:process";'])(
    "that reads the environment by %j is noticed, but not in settings/",
    (text) => {
      expect(checkEnvironment(parseSource("packages/router/src/http/a.ts", text))).toHaveLength(1);
      expect(checkEnvironment(parseSource("packages/router/src/settings/a.ts", text))).toEqual([]);
    },
  );

  test.each(["journey.leave = () => undefined;", "this.#end = function () {};", 'a["b"] ??= async () => 1;'])(
    "that assigns a function literal to a property by %j is noticed on the way of a request only",
    (text) => {
      expect(checkClosures(parseSource("packages/router/src/pipeline/a.ts", text))).toHaveLength(1);
      expect(checkClosures(parseSource("packages/router/src/cli/a.ts", text))).toEqual([]);
    },
  );

  test("that names a function before it assigns it is left alone", () => {
    const text = "const leave = () => 1; journey.leave = leave; const journey = { leave: () => 1 };";
    expect(checkClosures(parseSource("packages/router/src/pipeline/a.ts", text))).toEqual([]);
  });

  test.each([
    "// TODO later",
    "/** FIXME */",
    "// @ts-ignore",
    "// biome-ignore lint/complexity/useMaxParams: it is better so",
  ])("with the comment %j is noticed", (comment) => {
    expect(checkComments(parseSource("a.ts", `${comment}\nexport {};\n`))).toHaveLength(1);
  });

  test("with a todo in a string, or with a reason for a soft rule, is left alone", () => {
    const text = '// biome-ignore lint/style/useTemplate: shorter\nexport const a = "TODO";\n';
    expect(checkComments(parseSource("a.ts", text))).toEqual([]);
  });
});
