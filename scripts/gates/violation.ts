/** One place where a rule of ARCHITECTURE.md is broken. */
export interface Violation {
  /** Path from the root of the checkout, with `/`. */
  readonly file: string;
  /** The line, counted from 1, where there is one. */
  readonly line?: number;
  /** The rule, in a few words. */
  readonly rule: string;
  /** What was found: a number, a name, an import. */
  readonly found: string | number;
  /** What is allowed instead. */
  readonly limit: string | number;
}

/** One line a violation, in an order that does not change; empty when there are none. A gate compares it with the empty text. */
export function reportOf(violations: readonly Violation[]): string {
  return violations.map(lineOf).sort().join("\n");
}

function lineOf({ file, line, rule, found, limit }: Violation): string {
  return `${file}${line === undefined ? "" : `:${line}`}  ${rule}: ${found} (allowed: ${limit})`;
}
