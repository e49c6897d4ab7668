import type { FindingView } from "../../dashboard-api/health/health-views.ts";
import type { ReportedFinding } from "../../health/running/health-report.ts";

/** A finding as the dashboard and the command line get it. */
export function findingViewOf(finding: ReportedFinding): FindingView {
  const { key, checkId, severity, title, description, why, fix, command, nodeId, details, traces, mark } = finding;
  return {
    key,
    check_id: checkId,
    severity,
    title,
    description,
    why,
    fix,
    command: command ?? null,
    node_id: nodeId ?? null,
    data: finding.isResolved ? { ...details, resolved: true } : details,
    traces: (traces ?? []).map((id) => `/dashboard/api/traces/${encodeURIComponent(id)}`),
    since: finding.since / 1000,
    is_settled: finding.isSettled,
    is_resolved: finding.isResolved,
    acknowledged: mark?.kind === "acknowledged",
    snoozed_until: mark?.until === undefined ? null : mark.until / 1000,
    note: mark?.note ?? null,
  };
}
