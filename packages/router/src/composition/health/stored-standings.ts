import type { Severity } from "../../health/check.ts";
import type { Mark } from "../../health/running/marks.ts";
import type { Standing, StandingChange } from "../../health/running/standing.ts";
import type { FindingRow, HealthStore, MarkRow } from "../../storage/health/health-store.ts";

const SEVERITIES: readonly Severity[] = ["info", "warning", "critical"];

/** A stored finding that had not ended, as it stands until the first looks show whether it still does. */
export function standingOf(row: FindingRow): Standing {
  const severity = SEVERITIES.find((one) => one === row.severity) ?? "warning";
  const { key, checkId, nodeId, title, description } = row;
  // Keys hold the subject behind the second mark.
  const subject = key.split("|").slice(2).join("|");
  const finding = { key, checkId, nodeId, subject, severity, title, description, why: "", fix: "", details: {} };
  return { finding, since: row.beganAt, goneSince: undefined, isTold: true, worst: severity };
}

/** Marks as they were stored; a kind that nobody knows is left out. */
export function markOfRow({ key, kind, until, markedAt, note }: MarkRow): readonly (readonly [string, Mark])[] {
  if (kind !== "acknowledged" && kind !== "snoozed") return [];
  return [[key, { kind, until, markedAt, note }]];
}

/** Writes down what began, got worse or ended. */
export function saveChange(store: HealthStore, change: StandingChange): void {
  const { finding, since, worst } = change.standing;
  const { key, checkId, nodeId, title, description } = finding;
  const endedAt = change.kind === "ended" ? change.at : undefined;
  store.save({ key, checkId, nodeId, severity: worst, title, description, beganAt: since, endedAt });
}
