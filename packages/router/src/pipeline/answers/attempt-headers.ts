import type { RankedCandidate } from "../../domain/decision.ts";
import type { Journey } from "../journey.ts";

/** The headers that tell a client who answered and why: name, value, name, value … True for the attempt that answers. */
export function attemptHeaders(journey: Journey, pick: RankedCandidate, startedAt: number): readonly string[] {
  const { facts, attempts, queueMs, editLabels } = journey;
  const triedMs = attempts.reduce((total, attempt) => total + attempt.endedAt - attempt.startedAt, 0);
  const overheadMs = Math.max(0, startedAt - facts.arrivedAt - queueMs - triedMs);
  const headers = [
    "X-Request-Id",
    facts.requestId,
    "X-Fleet-Node",
    pick.candidate.node.nodeId,
    "X-Fleet-Score",
    String(Math.round(pick.total)),
    "X-Fleet-Requested-Model",
    headerText(facts.requestedModel),
    "X-Fleet-Served-Model",
    headerText(facts.model),
    "X-Fleet-Queue-Ms",
    queueMs.toFixed(1),
    "X-Fleet-Overhead-Ms",
    overheadMs.toFixed(2),
  ];
  if (pick.candidate.node.isSimulated) headers.push("X-Fleet-Simulated", "true");
  if (attempts.length > 0) headers.push("X-Fleet-Retries", String(attempts.length));
  if (journey.isFallback) headers.push("X-Fleet-Fallback", headerText(facts.model));
  if (journey.callHeaders.length > 0) headers.push(...journey.callHeaders);
  if (editLabels.length > 0) headers.push("X-Fleet-Edits", headerText(editLabels.join(", ")));
  return headers;
}

const PLAIN = /^[\x20-\x7e]*$/;

/** Header values carry visible ASCII only; anything else is percent-encoded. */
export const headerText = (text: string): string =>
  PLAIN.test(text) ? text : text.toWellFormed().replace(/[^\x20-\x7e]/gu, (character) => encodeURIComponent(character));
