/** A node of a syntax tree in the form of ESTree. Which members it has depends on its type. */
export interface SyntaxNode {
  readonly type: string;
  /** Offset of its first character. */
  readonly start: number;
  /** Offset behind its last character. */
  readonly end: number;
  readonly [member: string]: unknown;
}

/** Whether a member of a node is itself a node. */
export function isSyntaxNode(value: unknown): value is SyntaxNode {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}

/** A node with the chain of nodes around it, innermost first. */
export interface Placed {
  readonly node: SyntaxNode;
  readonly around: readonly SyntaxNode[];
}

/** Every node of a tree, each before the nodes inside it. */
export function* everyNode(node: SyntaxNode, around: readonly SyntaxNode[] = []): Generator<Placed> {
  yield { node, around };
  const inside = [node, ...around];
  for (const child of childrenOf(node)) yield* everyNode(child, inside);
}

/** The name of an identifier, or the text of a string literal; undefined for any other node. */
export function nameOf(node: unknown): string | undefined {
  if (!isSyntaxNode(node)) return undefined;
  const name = node["name"] ?? node["value"];
  return typeof name === "string" ? name : undefined;
}

function childrenOf(node: SyntaxNode): readonly SyntaxNode[] {
  return Object.values(node).flat().filter(isSyntaxNode);
}
