import { parseSync } from "oxc-parser";
import { everyNode, isSyntaxNode, type SyntaxNode } from "./syntax.ts";

/** A comment of a source file. */
export interface Comment {
  readonly text: string;
  readonly line: number;
}

/** A source file as the gates look at it. */
export interface SourceFile {
  /** Path from the root of the checkout, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly program: SyntaxNode;
  readonly comments: readonly Comment[];
  /** The line, counted from 1, of an offset into the text. */
  readonly lineAt: (offset: number) => number;
}

/**
 * Parses one file.
 * @throws {Error} when it is not valid TypeScript or JavaScript
 */
export function parseSource(path: string, text: string): SourceFile {
  const { program, comments, errors } = parseSync(path, text);
  const [problem] = errors;
  if (problem !== undefined) throw new Error(`${path} cannot be parsed: ${problem.message}`);
  if (!isSyntaxNode(program)) throw new Error(`${path}: the parser returned no tree`);
  const lineAt = lineFinder(text);
  return {
    path,
    text,
    program,
    comments: comments.map((comment) => ({ text: comment.value, line: lineAt(comment.start) })),
    lineAt,
  };
}

/** Every node of a file with the line it begins on. */
export function placedNodes(source: SourceFile) {
  return [...everyNode(source.program)].map((placed) => ({ ...placed, line: source.lineAt(placed.node.start) }));
}

/** Whether a file is a test, or stands in a folder of things that only tests use. */
export function isTestFile(path: string): boolean {
  return /\.test\.tsx?$/.test(path) || path.includes("/testing/");
}

function lineFinder(text: string): (offset: number) => number {
  const starts = [...text.matchAll(/^/gm)].map((match) => match.index);
  return (offset) => starts.findLastIndex((start) => start <= offset) + 1;
}
