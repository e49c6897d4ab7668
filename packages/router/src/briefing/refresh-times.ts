import type { BriefingFacts } from "./briefing-facts.ts";

const MINUTE_MS = 60_000;
/** More requests at once than this are a busy fleet. */
const BUSY_IN_FLIGHT = 5;

/** How long a briefing is good, ms: two hours while the fleet is busy, one while it works or has no nodes, else half an hour. */
export function goodForMs({
  nodes,
  in_flight,
  waiting,
}: Pick<BriefingFacts, "nodes" | "in_flight" | "waiting">): number {
  if (in_flight + waiting > BUSY_IN_FLIGHT) return 120 * MINUTE_MS;
  if (in_flight + waiting > 0 || nodes.every(({ status }) => status === "offline")) return 60 * MINUTE_MS;
  return 30 * MINUTE_MS;
}

/** How long no model is asked after this many failures in a row, ms. */
export const pauseAfterFailuresMs = (failures: number): number =>
  failures === 0 ? 0 : Math.min(120, 5 * 2 ** (failures - 1)) * MINUTE_MS;
