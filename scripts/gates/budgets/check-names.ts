import { placedNodes, type SourceFile } from "../sources/source-file.ts";
import { isSyntaxNode, nameOf, type SyntaxNode } from "../sources/syntax.ts";
import type { Violation } from "../violation.ts";
import { bannedWordsIn } from "./words.ts";

const kebabCase = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/;

/** File and folder names that are not in kebab case, or hold a banned word. */
export function checkFileNames(files: readonly string[]): readonly Violation[] {
  return files.flatMap((file) => {
    const parts = file.split("/");
    const odd = parts.filter((part) => /\.(ts|tsx|mjs|sql)$/.test(file) && !kebabCase.test(part));
    const banned = parts.flatMap(bannedWordsIn);
    return [
      ...odd.map((found) => ({ file, rule: "file and folder names", found, limit: "kebab-case" })),
      ...banned.map((found) => ({ file, rule: "word in a file name", found, limit: "a word of the glossary" })),
    ];
  });
}

/**
 * Banned words in the names that a file gives: variables, functions, parameters, types, members of types. Names that others
 * give (members of a library's values, members that a wire format dictates) are theirs.
 */
export function checkIdentifiers(source: SourceFile): readonly Violation[] {
  return placedNodes(source).flatMap(({ node, around, line }) => {
    const name = givenName(node, around);
    if (name === undefined) return [];
    return bannedWordsIn(name).map((word) => ({
      file: source.path,
      line,
      rule: `word in the name "${name}"`,
      found: word,
      limit: "a word of the glossary",
    }));
  });
}

const declaring = new Set([
  "VariableDeclarator",
  "FunctionDeclaration",
  "FunctionExpression",
  "ClassDeclaration",
  "TSTypeAliasDeclaration",
  "TSInterfaceDeclaration",
  "TSTypeParameter",
]);

const declaringMembers = new Set([
  "TSPropertySignature",
  "TSMethodSignature",
  "PropertyDefinition",
  "MethodDefinition",
]);

function givenName(node: SyntaxNode, around: readonly SyntaxNode[]): string | undefined {
  if (node.type !== "Identifier") return undefined;
  const [parent] = around;
  if (parent === undefined) return undefined;
  const name = nameOf(node) ?? "";
  if (declaringMembers.has(parent.type)) return parent["key"] === node && !isDictated(name) ? name : undefined;
  return isDeclaredBy(node, parent) || isPartOfPattern(node, around) ? name : undefined;
}

/** `snake_case` comes from a wire format; these single words from the log library, Node and the dialects. */
function isDictated(name: string): boolean {
  return name.includes("_") || ["data", "info", "msg", "req", "res"].includes(name);
}

function isDeclaredBy(node: SyntaxNode, parent: SyntaxNode): boolean {
  if (declaring.has(parent.type) && (parent["id"] === node || parent["name"] === node)) return true;
  return isListed(node, parent["params"]) || (parent.type === "CatchClause" && parent["param"] === node);
}

/** `const { a: node } = …`, `const [node] = …`, `(node = 1) => …`: a name that the pattern gives. */
function isPartOfPattern(node: SyntaxNode, [parent, outer]: readonly SyntaxNode[]): boolean {
  if (parent?.type === "ArrayPattern" || parent?.type === "RestElement") return true;
  if (parent?.type === "AssignmentPattern") return parent["left"] === node && outer?.type !== "Property";
  const isRenamed = parent?.type === "Property" && parent["shorthand"] === false && parent["value"] === node;
  return isRenamed && isSyntaxNode(outer) && outer.type === "ObjectPattern";
}

function isListed(node: SyntaxNode, list: unknown): boolean {
  return Array.isArray(list) && list.includes(node);
}
