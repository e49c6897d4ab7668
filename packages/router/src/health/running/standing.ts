/**
 * What stands between a look at the fleet and telling somebody: a finding must have stood for a while before it is told, and
 * must have been gone for a while before it is over, so that what comes and goes is one finding and not a flood.
 */
import type { Severity } from "../check.ts";
import type { FindingKey } from "../finding-key.ts";
import type { CheckedFinding } from "../run-checks.ts";
import { severityRank } from "../severity.ts";

/** One finding over time. Instants are Unix epoch ms. */
export interface Standing {
  /** As it was last found. */
  readonly finding: CheckedFinding;
  /** First found at. */
  readonly since: number;
  /** Gone since; undefined while it is found. */
  readonly goneSince: number | undefined;
  /** It has stood long enough, and is not over. */
  readonly isTold: boolean;
  /** The most severe it has been told as. */
  readonly worst: Severity;
}

/** Findings that stand, by key. Replaced, never changed. */
export type Standings = ReadonlyMap<FindingKey, Standing>;

/** How long a finding stands before it is told, and is gone before it is over, ms. */
export interface StandingBounds {
  readonly settleMs: (severity: Severity) => number;
  readonly endMs: number;
}

/** News: told for the first time, told as more severe than before, or over. */
export type StandingChange =
  | { readonly kind: "began" | "worsened"; readonly standing: Standing }
  | { readonly kind: "ended"; readonly standing: Standing; readonly at: number };

/** What stands after one more look, and what is news. */
export interface StandingStep {
  readonly standings: Standings;
  readonly changes: readonly StandingChange[];
}

/** A look at the fleet. */
export interface Look {
  readonly findings: readonly CheckedFinding[];
  /** Unix epoch ms. */
  readonly now: number;
  readonly bounds: StandingBounds;
}

/** Takes one look into account. */
export function nextStandings(previous: Standings, { findings, now, bounds }: Look): StandingStep {
  const standings = new Map<FindingKey, Standing>();
  const changes: StandingChange[] = [];
  for (const finding of findings) {
    const before = previous.get(finding.key);
    const standing = stillFound(before, finding, { now, bounds });
    standings.set(finding.key, standing);
    changes.push(...newsOf(before, standing, now));
  }
  for (const [key, before] of previous) {
    if (standings.has(key)) continue;
    const goneSince = before.goneSince ?? now;
    const standing = { ...before, goneSince };
    if (before.isTold && now - goneSince < bounds.endMs) standings.set(key, standing);
    else if (before.isTold) changes.push({ kind: "ended", standing, at: goneSince });
  }
  return { standings, changes };
}

function stillFound(
  before: Standing | undefined,
  finding: CheckedFinding,
  { now, bounds }: Pick<Look, "now" | "bounds">,
): Standing {
  // What is over stands no more; should it come back, it is another time.
  if (finding.isResolved === true)
    return { finding, since: before?.since ?? now, goneSince: undefined, isTold: false, worst: "info" };
  const since = before === undefined || before.finding.isResolved === true ? now : before.since;
  const wasTold = before?.isTold === true;
  const isTold = wasTold || now - since >= bounds.settleMs(finding.severity);
  const worst =
    wasTold && severityRank(before.worst) > severityRank(finding.severity) ? before.worst : finding.severity;
  return { finding, since, goneSince: undefined, isTold, worst };
}

function newsOf(before: Standing | undefined, standing: Standing, now: number): readonly StandingChange[] {
  const wasTold = before?.isTold === true;
  if (!standing.isTold) return wasTold ? [{ kind: "ended", standing: before, at: now }] : [];
  if (!wasTold) return [{ kind: "began", standing }];
  return severityRank(standing.worst) > severityRank(before.worst) ? [{ kind: "worsened", standing }] : [];
}
