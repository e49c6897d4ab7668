import type { ErrorCode } from "./errors.ts";

/** Kinds of failure of one attempt; they decide what is tried next and what counts against whom. */
export type FailureClass =
  | "unreachable"
  | "node-fault"
  | "load-failure"
  | "busy"
  | "stall"
  | "stale-inventory"
  | "callers-fault"
  | "incomplete"
  /** This candidate cannot serve this very request, whatever its state; another one may. */
  | "unsuited";

/** How a request ended. Exactly one per request. */
export type Outcome =
  | { readonly kind: "completed"; readonly hasOutput: boolean }
  | {
      readonly kind: "failed";
      readonly source: "client" | "router" | "node";
      readonly code: ErrorCode;
      /** The client had already received a part of the reply. */
      readonly isPartial: boolean;
      readonly failureClass: FailureClass | undefined;
      readonly detail: string;
    }
  | { readonly kind: "cancelled"; readonly by: "client" }
  /** Never reached a node: refused at the door. */
  | { readonly kind: "rejected"; readonly code: ErrorCode; readonly detail: string }
  /** Was waiting and had to go. */
  | { readonly kind: "evicted"; readonly code: ErrorCode; readonly detail: string };

/** The stored status of an outcome (the predecessor's words). */
export function traceStatusOf(
  outcome: Outcome,
): "completed" | "no_output" | "failed" | "incomplete" | "client_disconnected" {
  switch (outcome.kind) {
    case "completed":
      return outcome.hasOutput ? "completed" : "no_output";
    case "cancelled":
      return "client_disconnected";
    case "failed":
      return outcome.isPartial ? "incomplete" : "failed";
    case "rejected":
    case "evicted":
      return "failed";
  }
}
