import type { SourceFile } from "../sources/source-file.ts";
import type { Violation } from "../violation.ts";

const unfinished = /\b(TODO|FIXME|XXX|HACK)\b/;

/** Budgets that a comment cannot switch off, whatever reason it gives. */
const firmRules = [
  "noExcessiveCognitiveComplexity",
  "noExcessiveLinesPerFunction",
  "noExcessiveLinesPerFile",
  "useMaxParams",
  "noImportCycles",
  "noExplicitAny",
  "noNonNullAssertion",
  "noRestrictedImports",
  "noRestrictedGlobals",
  "noProcessEnv",
];

/** Comments that promise to finish later, and comments that switch a firm rule or the type check off. */
export function checkComments(source: SourceFile): readonly Violation[] {
  return source.comments.flatMap(({ text, line }) => {
    const found = unfinished.exec(text)?.[0] ?? switchedOff(text);
    if (found === undefined) return [];
    return [{ file: source.path, line, rule: "comment", found, limit: "finished work, and no firm rule switched off" }];
  });
}

function switchedOff(text: string): string | undefined {
  if (/@ts-(ignore|nocheck)\b/.test(text)) return text.trim();
  return text.includes("biome-ignore") && firmRules.some((rule) => text.includes(rule)) ? text.trim() : undefined;
}
