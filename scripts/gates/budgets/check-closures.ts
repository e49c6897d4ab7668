import { isTestFile, placedNodes, type SourceFile } from "../sources/source-file.ts";
import { isSyntaxNode, type SyntaxNode } from "../sources/syntax.ts";
import type { Violation } from "../violation.ts";

/** What every request passes through. */
const hotRooms =
  /^packages\/router\/src\/(admission|dispatch|http|pipeline|protocols|scheduling|traces)\/|^packages\/node-agent\/src\/gateway\//;
const functions = new Set(["ArrowFunctionExpression", "FunctionExpression"]);

/**
 * Function literals assigned straight to a property, on the way of a request. V8 takes such a literal for the making of a
 * prototype and puts the closure into the old generation: whatever it captures stays alive until the next full garbage
 * collection, here a whole request each. A literal that is given a name first is an ordinary young object.
 */
export function checkClosures(source: SourceFile): readonly Violation[] {
  if (!hotRooms.test(source.path) || isTestFile(source.path)) return [];
  return placedNodes(source)
    .filter(({ node }) => isPinned(node))
    .map(({ line }) => ({
      file: source.path,
      line,
      rule: "closure kept by the old generation",
      found: "object.property = function literal",
      limit: "a named constant, then the assignment",
    }));
}

function isPinned(node: SyntaxNode): boolean {
  if (node.type !== "AssignmentExpression") return false;
  const { left, right } = node;
  return isSyntaxNode(left) && left.type === "MemberExpression" && isSyntaxNode(right) && functions.has(right.type);
}
