import { isTestFile, type SourceFile } from "../sources/source-file.ts";
import type { Violation } from "../violation.ts";
import { type Import, importsOf } from "./imports-of.ts";
import { fitsPattern, type Place, placeOf } from "./place.ts";
import { type ImportRule, mustBePure, ruleFor, type Token } from "./rule-table.ts";
import { type FileTarget, resolveImport, type Target } from "./target.ts";

/** What every test may import beside what its folder may. */
const testTools = new Set(["vitest", "fast-check", "simulated-ollama"]);

/** Every import that the table does not allow, and every file that the table forgets. */
export function checkImports(sources: readonly SourceFile[], table: readonly ImportRule[]): readonly Violation[] {
  const governed = libraryNamesIn(table);
  return sources.flatMap((source) => {
    const rule = ruleFor(source.path, table);
    if (rule === undefined) {
      return [{ file: source.path, rule: "has no row in the import table", found: "no row", limit: "one row" }];
    }
    return importsOf(source).flatMap((mention) => checkOne({ source, mention, rule, governed }));
  });
}

interface Case {
  readonly source: SourceFile;
  readonly mention: Import;
  readonly rule: ImportRule;
  readonly governed: ReadonlySet<string>;
}

function checkOne(one: Case): readonly Violation[] {
  const { source, mention, rule } = one;
  const target = resolveImport(source.path, mention.specifier);
  const problem = problemOf(one, target);
  if (problem === undefined) return [];
  return [{ file: source.path, line: mention.line, rule: problem, found: mention.specifier, limit: describe(rule) }];
}

function problemOf(one: Case, target: Target): string | undefined {
  if (target.kind === "file") return problemOfFile(one, target);
  if (matches(one.rule.never, target.name, one.mention)) return "may never import this";
  if (isTestFile(one.source.path) && (target.kind === "node" || testTools.has(target.name))) return undefined;
  if (matches(one.rule.may, target.name, one.mention)) return undefined;
  if (isFree(one, target)) return undefined;
  return "may not import this";
}

/** Modules of Node, and libraries that no row names, are free for files that may have effects. */
function isFree({ source, rule, governed }: Case, target: Target): boolean {
  if (target.kind === "file" || target.kind === "package") return false;
  return !mustBePure(rule, placeOf(source.path)) && !governed.has(target.name);
}

function problemOfFile({ source, mention, rule }: Case, { file, place: target }: FileTarget): string | undefined {
  const own = placeOf(source.path);
  if (rule.may.some((token) => fitsPattern(file, token.name))) return undefined;
  if (target.packageName !== own.packageName) return "reaches into another package by a path";
  if (isOnlyForMain(target) && !mayImportStart(own)) return "only main.ts and index.ts import start.ts";
  if (isTestFile(`${target.path}.ts`) && !isTestFile(source.path)) return "only tests import what is made for tests";
  if (matchesPath(rule.never, target, mention)) return "may never import this";
  if (target.room === own.room || matchesPath(rule.may, target, mention)) return undefined;
  return "may not import this folder";
}

function isOnlyForMain({ path }: Place): boolean {
  return path === "start";
}

function mayImportStart({ path }: Place): boolean {
  return path === "main" || path === "index" || /^start(\..*)?\.test$/.test(path);
}

/** A package, a library or a module of Node is named whole: `shared` does not open `shared/link`. Only `node:*` is a pattern. */
function matches(tokens: readonly Token[], name: string, { isTypeOnly }: Import): boolean {
  const usable = tokens.filter((token) => isTypeOnly || !token.typesOnly);
  return usable.some((token) => token.name === name || (token.name === "node:*" && name.startsWith("node:")));
}

function matchesPath(tokens: readonly Token[], { packageName, path }: Place, { isTypeOnly }: Import): boolean {
  const usable = tokens.filter((token) => isTypeOnly || !token.typesOnly);
  return usable.some(({ name }) => name === packageName || fitsPattern(path, name));
}

/** Libraries that at least one row names: elsewhere they are forbidden. */
function libraryNamesIn(table: readonly ImportRule[]): ReadonlySet<string> {
  const names = table.flatMap((rule) => [...rule.may, ...rule.never]).map((token) => token.name);
  return new Set(names.filter((name) => !name.startsWith("node:")));
}

function describe({ files, may }: ImportRule): string {
  const names = may.map(({ name, typesOnly }) => (typesOnly ? `types of ${name}` : name));
  return `row ${files.join(", ")}: ${names.join(", ") || "its own folder only"}`;
}
