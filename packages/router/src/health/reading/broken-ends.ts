import type { Finding } from "../check.ts";
import type { EndedRow } from "../facts/request-facts.ts";
import type { HealthFacts } from "../facts.ts";
import { recentOf, tally, tracesOf } from "./evidence.ts";
import { isWork, sumOf, workOf } from "./use-sums.ts";
import { percent } from "./wording.ts";

/** One way in which requests end badly, and from when on it is said. */
export interface EndRule {
  readonly count: "disconnected" | "incomplete" | "noOutput";
  readonly status: EndedRow["status"];
  readonly least: number;
  /** A warning above it when it still happens, percent of the requests. */
  readonly warningPct: number;
}

/** Below this share of the requests nobody would look for a cause, percent. */
const LEAST_PCT = 0.1;

/** How often requests of 24 hours ended so. */
export interface EndCounts {
  readonly total: number;
  readonly recent: number;
  readonly ratePct: number;
  readonly byModel: Readonly<Record<string, number>>;
  readonly rows: readonly EndedRow[];
  readonly severity: Finding["severity"];
  readonly isResolved: boolean;
}

/** Counts such ends; undefined when there were too few to speak of. */
export function countEnds(facts: HealthFacts, { count, status, least, warningPct }: EndRule): EndCounts | undefined {
  const cells = workOf(facts);
  const total = sumOf(cells, "day", count);
  const rows = (facts.traffic.ends ?? []).filter((row) => row.status === status && isWork(row));
  const recent = recentOf(facts, rows).length;
  const ratePct = percent(total, sumOf(cells, "day", "requests"));
  if (total < least || ratePct < LEAST_PCT || rows.length === 0) return undefined;
  return {
    total,
    recent,
    ratePct,
    byModel: tally(rows.map(({ model }) => model)),
    rows,
    severity: recent > 0 && ratePct > warningPct ? "warning" : "info",
    isResolved: recent === 0,
  };
}

/** What all such findings have. */
export const endFinding = ({ severity, isResolved, rows }: EndCounts) => ({
  severity,
  isResolved,
  nodeId: undefined,
  subject: "",
  traces: tracesOf(rows),
});
