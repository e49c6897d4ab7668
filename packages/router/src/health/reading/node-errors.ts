import type { EndedRow } from "../facts/request-facts.ts";
import type { HealthFacts } from "../facts.ts";
import { isWork } from "./use-sums.ts";

/** Ends that are no fault of the node that is written beside them. */
const NOT_THE_NODES: ReadonlySet<string> = new Set([
  "callers-fault",
  "cancelled",
  "rejected",
  "evicted",
  "deadline",
  "shutdown",
]);

/** Tries at one node, and those of them that failed there. */
export interface Tries {
  readonly total: number;
  readonly failed: number;
  /** Requests that show it. */
  readonly rows: readonly EndedRow[];
}

const isFailure = ({ status }: EndedRow): boolean => status === "failed" || status === "incomplete";
const isBad = (row: EndedRow): boolean => isFailure(row) && !NOT_THE_NODES.has(row.errorClass);

/** Tries by node. */
export type TriesByNode = ReadonlyMap<string, Tries>;

interface Counting {
  total: number;
  failed: number;
  readonly rows: EndedRow[];
}

/**
 * Tries at each node among these requests: those that ended there, and those that failed there and went on to another
 * one, which the ends alone do not show.
 */
export function triesIn(requests: readonly EndedRow[]): TriesByNode {
  const nodes = new Map<string, Counting>();
  for (const row of requests.filter(isWork)) {
    if (row.nodeId !== "") count(nodes, row.nodeId, isBad(row) ? row : undefined);
    for (const node of row.failedOn.filter((one) => one !== row.nodeId)) count(nodes, node, row);
  }
  return nodes;
}

function count(nodes: Map<string, Counting>, nodeId: string, failed: EndedRow | undefined): void {
  const tries = countingOf(nodes, nodeId);
  tries.total += 1;
  if (failed === undefined) return;
  tries.failed += 1;
  tries.rows.push(failed);
}

function countingOf(nodes: Map<string, Counting>, nodeId: string): Counting {
  const known = nodes.get(nodeId);
  if (known !== undefined) return known;
  const fresh = { total: 0, failed: 0, rows: [] };
  nodes.set(nodeId, fresh);
  return fresh;
}

/** Requests, of these newest, that went well at a node after an instant (Unix epoch ms). @param model of any where undefined */
export const wellSince = (
  newest: readonly EndedRow[],
  { nodeId, model, at }: { readonly nodeId: string; readonly model?: string; readonly at: number },
): number =>
  newest.filter(
    (row) =>
      row.nodeId === nodeId &&
      row.at > at &&
      row.status === "completed" &&
      isWork(row) &&
      (model === undefined || row.model === model),
  ).length;

/** Requests of 24 hours that ended badly on each node through its own fault, and all that ended there. */
export function endsIn({ traffic }: HealthFacts): TriesByNode {
  const nodes = new Map<string, Counting>();
  for (const { nodeId, day } of (traffic.uses ?? []).filter((cell) => isWork(cell) && cell.nodeId !== "")) {
    const tries = countingOf(nodes, nodeId);
    tries.total += day.requests;
    tries.failed += day.failed + day.incomplete;
  }
  for (const row of (traffic.ends ?? []).filter((end) => isWork(end) && isFailure(end))) {
    const tries = nodes.get(row.nodeId);
    if (isBad(row)) tries?.rows.push(row);
    else if (tries !== undefined) tries.failed -= 1;
  }
  return nodes;
}
