import { isTestFile, placedNodes, type SourceFile } from "../sources/source-file.ts";
import { isSyntaxNode, nameOf, type SyntaxNode } from "../sources/syntax.ts";
import type { Violation } from "../violation.ts";
import { placeOf } from "./place.ts";
import { type ImportRule, mustBePure, ruleFor } from "./rule-table.ts";

/** Globals that reach out of a function: the clock, timers, the network, the environment, the terminal. */
const effects = new Set([
  "process",
  "performance",
  "crypto",
  "fetch",
  "setTimeout",
  "setInterval",
  "setImmediate",
  "queueMicrotask",
  "console",
  "globalThis",
  "WebSocket",
  "EventSource",
]);

/** Members with an effect of objects that otherwise have none. */
const effectfulMembers = new Set(["Date.now", "Math.random", "AbortSignal.timeout"]);

/** Every use of a clock, of randomness, of the environment or of the network in a file that must be pure. */
export function checkPurity(sources: readonly SourceFile[], table: readonly ImportRule[]): readonly Violation[] {
  return sources.filter((source) => isPure(source, table)).flatMap(effectsIn);
}

function isPure(source: SourceFile, table: readonly ImportRule[]): boolean {
  const rule = ruleFor(source.path, table);
  return rule !== undefined && !isTestFile(source.path) && mustBePure(rule, placeOf(source.path));
}

function effectsIn(source: SourceFile): readonly Violation[] {
  return placedNodes(source).flatMap(({ node, around, line }) => {
    const found = effectOf(node, around[0]);
    if (found === undefined) return [];
    return [{ file: source.path, line, rule: "must be pure", found, limit: "values that come in as arguments" }];
  });
}

function effectOf(node: SyntaxNode, parent: SyntaxNode | undefined): string | undefined {
  if (node.type === "Identifier") return effectOfName(node, parent);
  if (node.type === "MemberExpression") return effectOfMember(node);
  if (node.type === "NewExpression" && isDateWithoutArguments(node)) return "new Date()";
  return undefined;
}

function effectOfName(node: SyntaxNode, parent: SyntaxNode | undefined): string | undefined {
  const name = nameOf(node) ?? "";
  return effects.has(name) && parent !== undefined && isUse(node, parent) ? name : undefined;
}

/** A name in front of a dot, a call, an argument or an assigned value is a use; the name of a member or of a type is not. */
function isUse(node: SyntaxNode, parent: SyntaxNode): boolean {
  if (parent.type === "MemberExpression") return parent["object"] === node || parent["computed"] === true;
  if (parent.type === "Property") return parent["value"] === node;
  const names = parent.type.startsWith("TS") || parent.type.startsWith("Import") || parent.type.startsWith("Export");
  return !names && parent["id"] !== node && parent["key"] !== node && !isParameter(node, parent);
}

function isParameter(node: SyntaxNode, parent: SyntaxNode): boolean {
  const parameters = parent["params"];
  return Array.isArray(parameters) && parameters.includes(node);
}

function effectOfMember(node: SyntaxNode): string | undefined {
  const member = `${nameOf(node["object"])}.${nameOf(node["property"])}`;
  return effectfulMembers.has(member) ? member : undefined;
}

function isDateWithoutArguments(node: SyntaxNode): boolean {
  const list = node["arguments"];
  const callee = node["callee"];
  return isSyntaxNode(callee) && nameOf(callee) === "Date" && Array.isArray(list) && list.length === 0;
}
