import { placedNodes, type SourceFile } from "../sources/source-file.ts";
import { isSyntaxNode, nameOf, type SyntaxNode } from "../sources/syntax.ts";

/** One mention of another module. */
export interface Import {
  readonly specifier: string;
  /** Nothing of it is left when the program runs. */
  readonly isTypeOnly: boolean;
  readonly line: number;
}

/**
 * Every module that a file mentions: imports, re-exports, `import()` as a call and as a type, and `new URL("./x.ts",
 * import.meta.url)`, which is how a worker is started.
 */
export function importsOf(source: SourceFile): readonly Import[] {
  return placedNodes(source).flatMap(({ node, line }) => {
    const specifier = specifierOf(node);
    return specifier === undefined ? [] : [{ specifier, isTypeOnly: isTypeOnly(node), line }];
  });
}

const declarations = new Set([
  "ImportDeclaration",
  "ExportNamedDeclaration",
  "ExportAllDeclaration",
  "ImportExpression",
  "TSImportType",
]);

function specifierOf(node: SyntaxNode): string | undefined {
  if (declarations.has(node.type)) return nameOf(node["source"]);
  return isUrlOfModule(node) ? nameOf(argumentsOf(node)[0]) : undefined;
}

function isUrlOfModule(node: SyntaxNode): boolean {
  if (node.type !== "NewExpression" || nameOf(node["callee"]) !== "URL") return false;
  return /^\.{1,2}\/.*\.tsx?$/.test(nameOf(argumentsOf(node)[0]) ?? "");
}

function argumentsOf(node: SyntaxNode): readonly unknown[] {
  const list = node["arguments"];
  return Array.isArray(list) ? list : [];
}

function isTypeOnly(node: SyntaxNode): boolean {
  if (node.type === "TSImportType") return true;
  if (node["importKind"] === "type" || node["exportKind"] === "type") return true;
  return hasOnlyTypes(node["specifiers"]);
}

/** `import { type A, type B }`: allowed where a type import is, although an empty import of the module remains. */
function hasOnlyTypes(specifiers: unknown): boolean {
  if (!Array.isArray(specifiers) || specifiers.length === 0) return false;
  return specifiers.every(
    (part) => isSyntaxNode(part) && (part["importKind"] === "type" || part["exportKind"] === "type"),
  );
}
