import { isTestFile, placedNodes, type SourceFile } from "../sources/source-file.ts";
import { isSyntaxNode, nameOf, type SyntaxNode } from "../sources/syntax.ts";
import type { Violation } from "../violation.ts";

/** Where the environment is read: settings, and the entry that hands it to them. */
const readers = /^packages\/[^/]+\/src\/(settings\/|main\.ts$)/;

/** Uses of the environment, as `process.env` or as an import from `node:process`, in shipped files that must be given values. */
export function checkEnvironment(source: SourceFile): readonly Violation[] {
  const isShipped = /^(packages|dashboard)\//.test(source.path) && !isTestFile(source.path);
  if (!isShipped || readers.test(source.path)) return [];
  return placedNodes(source)
    .filter(({ node }) => readsEnvironment(node) || importsEnvironment(node))
    .map(({ line }) => ({
      file: source.path,
      line,
      rule: "environment",
      found: "process.env",
      limit: "main.ts and settings/",
    }));
}

function readsEnvironment(node: SyntaxNode): boolean {
  return node.type === "MemberExpression" && nameOf(node["object"]) === "process" && nameOf(node["property"]) === "env";
}

function importsEnvironment(node: SyntaxNode): boolean {
  if (node.type !== "ImportDeclaration" || !/^(node:)?process$/.test(nameOf(node["source"]) ?? "")) return false;
  const parts = node["specifiers"];
  return Array.isArray(parts) && parts.some((part) => isSyntaxNode(part) && nameOf(part["imported"]) === "env");
}
