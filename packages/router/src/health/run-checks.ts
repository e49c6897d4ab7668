import type { Check, Finding } from "./check.ts";
import type { HealthFacts } from "./facts.ts";
import { type FindingKey, findingKeyOf } from "./finding-key.ts";
import { placedFix, type Reach, typedCommand } from "./remedies/typed-command.ts";
import { severityRank } from "./severity.ts";

/** A finding with the check that made it. */
export interface CheckedFinding extends Finding {
  readonly key: FindingKey;
  readonly checkId: string;
}

/** A check that could not look. */
export interface CheckFailure {
  readonly checkId: string;
  readonly error: unknown;
}

/** What one run of all checks gave. */
export interface HealthRun {
  /** Most severe first, in the order of the checks within a severity; each key once. */
  readonly findings: readonly CheckedFinding[];
  readonly failures: readonly CheckFailure[];
}

/** Runs every check over the facts. A check that throws is a finding of its own, and the others are run all the same. */
export function runChecks(checks: readonly Check[], facts: HealthFacts): HealthRun {
  const found = new Map<FindingKey, CheckedFinding>();
  const failures: CheckFailure[] = [];
  const { reach } = facts.router;
  for (const check of checks) {
    try {
      const findings = check.appliesTo(facts) ? check.inspect(facts) : [];
      for (const finding of findings) keepWorst(found, checkedOf(check.id, finding, reach));
    } catch (error) {
      failures.push({ checkId: check.id, error });
      keepWorst(found, checkedOf("check_failed", failureFinding(check, error), reach));
    }
  }
  const findings = [...found.values()].toSorted((a, b) => severityRank(b.severity) - severityRank(a.severity));
  return { findings, failures };
}

/** Names in sentences are anybody's: control characters would end lines or colour terminals. */
const inOneLine = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cf}]+/gu, " ");

const checkedOf = (checkId: string, finding: Finding, reach: Reach | undefined): CheckedFinding => ({
  ...finding,
  description: inOneLine(finding.description),
  fix: inOneLine(placedFix(finding.fix, reach)),
  command: finding.command === undefined ? undefined : inOneLine(typedCommand(finding.command, reach)),
  checkId,
  key: findingKeyOf(checkId, finding),
});

/** Two findings under one key are one: the more severe is told. */
function keepWorst(found: Map<FindingKey, CheckedFinding>, finding: CheckedFinding): void {
  const known = found.get(finding.key);
  if (known === undefined || severityRank(finding.severity) > severityRank(known.severity))
    found.set(finding.key, finding);
}

function failureFinding(check: Check, error: unknown): Finding {
  const reason = error instanceof Error ? error.message : String(error);
  return {
    severity: "warning",
    nodeId: undefined,
    subject: check.id,
    title: `The check ${check.id} failed`,
    description: `The check ${check.id} could not be made: ${reason}`,
    why: "What it looks for is not seen while it fails. Requests are not affected.",
    fix: "Restart the router; if it stays, report it with the log line that names the check",
    command: "herd logs --level ERROR",
    details: { check_id: check.id, reason },
  };
}
