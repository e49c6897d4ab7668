import type { CheckedFinding } from "../run-checks.ts";
import { healthScoreOf } from "../score.ts";
import { severityRank } from "../severity.ts";
import { type Mark, type Marks, markOf } from "./marks.ts";
import type { Standing, Standings } from "./standing.ts";

/** A finding as people see it. */
export interface ReportedFinding extends CheckedFinding {
  /** First found, Unix epoch ms. */
  readonly since: number;
  /** It has stood long enough to be told to those who asked for notices. */
  readonly isSettled: boolean;
  /** It is not there any more. */
  readonly isResolved: boolean;
  readonly mark: Mark | undefined;
}

/** What is wrong with the fleet at one moment. */
export interface HealthReport {
  /** Unix epoch ms. */
  readonly checkedAt: number;
  /** 0–100. */
  readonly score: number;
  /** Most severe first; what is over, and what somebody knows of, after the others of its severity. */
  readonly findings: readonly ReportedFinding[];
}

/** Puts what stands and what was said about it together. */
export function healthReportOf(standings: Standings, marks: Marks, now: number): HealthReport {
  const findings = [...standings.values()].map((standing) => reportedOf(standing, marks, now));
  const scored = findings.map(({ severity, isResolved, mark }) => ({
    severity,
    isResolved,
    isMarked: mark !== undefined,
  }));
  return { checkedAt: now, score: healthScoreOf(scored), findings: findings.toSorted((a, b) => rankOf(b) - rankOf(a)) };
}

function reportedOf({ finding, since, goneSince, isTold }: Standing, marks: Marks, now: number): ReportedFinding {
  const isResolved = goneSince !== undefined || finding.isResolved === true;
  return { ...finding, since, isSettled: isTold, isResolved, mark: markOf(marks, finding.key, now) };
}

const rankOf = ({ severity, isResolved, mark }: ReportedFinding): number =>
  severityRank(severity) + (isResolved ? -0.5 : 0) + (mark === undefined ? 0 : -0.25);
