import type { FindingView } from "../../dashboard-api/health/health-views.ts";

/** What became of a finding since the last look. */
export interface FindingChange extends FindingView {
  readonly change: "appeared" | "changed" | "over";
}

/** Remembers the findings of one look, and tells what is different at the next. */
export class FindingNews {
  #known: ReadonlyMap<string, FindingView> | undefined;

  /** Nothing at the first look. Numbers that move with every look are no change. */
  since(findings: readonly FindingView[]): readonly FindingChange[] {
    const before = this.#known;
    const now = new Map(findings.map((finding) => [finding.key, finding]));
    this.#known = now;
    if (before === undefined) return [];
    const over = [...before.values()].filter(({ key }) => !now.has(key));
    return [
      ...findings.flatMap((finding) => changeOf(before.get(finding.key), finding)),
      ...over.map((finding) => ({ change: "over" as const, ...finding })),
    ];
  }
}

function changeOf(before: FindingView | undefined, now: FindingView): readonly FindingChange[] {
  if (before === undefined) return [{ change: "appeared", ...now }];
  return standOf(before) === standOf(now) ? [] : [{ change: "changed", ...now }];
}

const standOf = ({
  severity,
  title,
  is_settled,
  is_resolved,
  acknowledged,
  snoozed_until,
  note,
}: FindingView): string =>
  JSON.stringify([severity, title, is_settled, is_resolved, acknowledged, snoozed_until, note]);
