/** The faults that break an answer off at a certain record. */
import { type Fault, faultTexts } from "../faults/fault.ts";

/** What happens instead of the next record. */
export type Break =
  | { readonly kind: "cut"; readonly how: "fin" | "reset" }
  | { readonly kind: "runner-died"; readonly text: string }
  | { readonly kind: "silent-end" }
  | { readonly kind: "hang" };

/**
 * What the fault does after `sent` records, `isLast` telling that only the closing record is left: a fault that waits
 * for more records than there are strikes there.
 */
export function breakAt(fault: Fault | undefined, sent: number, isLast: boolean): Break | undefined {
  if (fault === undefined) return undefined;
  const planned = planBreak(fault);
  return planned !== undefined && (isLast || sent >= planned.afterRecords) ? planned.broken : undefined;
}

interface PlannedBreak {
  readonly afterRecords: number;
  readonly broken: Break;
}

function planBreak(fault: Fault): PlannedBreak | undefined {
  switch (fault.kind) {
    case "http-500":
      return { afterRecords: 0, broken: { kind: "runner-died", text: fault.text ?? faultTexts.runnerStopped } };
    case "cut-mid-stream":
      return { afterRecords: fault.afterRecords, broken: { kind: "cut", how: fault.how ?? "fin" } };
    case "error-record-mid-stream": {
      const text = fault.text ?? (fault.afterRecords > 0 ? faultTexts.runnerEof : faultTexts.runnerStopped);
      return { afterRecords: fault.afterRecords, broken: { kind: "runner-died", text } };
    }
    case "end-without-done":
      return { afterRecords: fault.afterRecords ?? Number.POSITIVE_INFINITY, broken: { kind: "silent-end" } };
    case "hang":
      return { afterRecords: fault.afterRecords ?? 0, broken: { kind: "hang" } };
    default:
      return undefined;
  }
}
