import type { Severity } from "./check.ts";

/** What the score looks at. */
export interface Scored {
  readonly severity: Severity;
  /** It is over, or about to be. */
  readonly isResolved: boolean;
  /** Somebody has acknowledged it or put it off: it is known, and no news. */
  readonly isMarked: boolean;
}

/** What a finding costs, points. */
const COSTS: Readonly<Record<Severity, number>> = { critical: 20, warning: 10, info: 0 };

/** Health of the fleet from 0 to 100. Information, what is over and what somebody knows of cost nothing. */
export function healthScoreOf(findings: readonly Scored[]): number {
  const cost = findings.reduce((sum, finding) => sum + costOf(finding), 0);
  return Math.max(0, 100 - cost);
}

const costOf = ({ severity, isResolved, isMarked }: Scored): number => (isResolved || isMarked ? 0 : COSTS[severity]);
