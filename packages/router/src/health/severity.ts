import type { Severity } from "./check.ts";

const ranks: Readonly<Record<Severity, number>> = { info: 0, warning: 1, critical: 2 };

/** 0 for information, 2 for what is critical. */
export const severityRank = (severity: Severity): number => ranks[severity];

/** Whether a severity is at least as severe as another. */
export const isAtLeast = (severity: Severity, least: Severity): boolean => ranks[severity] >= ranks[least];
