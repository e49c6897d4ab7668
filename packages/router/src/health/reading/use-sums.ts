import type { UseCell, UseCounts } from "../facts/request-facts.ts";
import type { HealthFacts } from "../facts.ts";

/** Kinds that compute something; all others are about lists and disks. Rows of earlier programs tell none. */
const WORK: ReadonlySet<string> = new Set(["chat", "generate", "embed", "image", "transcribe", ""]);

/** Whether a request of this kind computes something. */
export const isWork = ({ kind }: { readonly kind: string }): boolean => WORK.has(kind);

/** The cells of requests that computed something. */
export const workOf = ({ traffic }: HealthFacts): readonly UseCell[] => (traffic.uses ?? []).filter(isWork);

/** One count over some cells. */
export const sumOf = (cells: readonly UseCell[], window: "day" | "recent", count: keyof UseCounts): number =>
  cells.reduce((sum, cell) => sum + cell[window][count], 0);
