import type { Finding } from "./check.ts";

/** Tells one finding from all others, over all runs and restarts: the check's id, the node and the subject, with `|` between them. */
export type FindingKey = string;

/** The key of what a check found. */
export const findingKeyOf = (checkId: string, { nodeId, subject }: Pick<Finding, "nodeId" | "subject">): FindingKey =>
  `${checkId}|${nodeId ?? ""}|${subject}`;
