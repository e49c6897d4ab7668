import type { FleetStatus } from "@herd/shared";

/** What one question to the router brought. */
export type Answer =
  | { readonly kind: "status"; readonly status: FleetStatus }
  | { readonly kind: "failure"; readonly reason: string };

/** Why there is nothing newer, and when it is tried again. Instants are Unix epoch ms of this browser. */
export interface Silence {
  /** When the router was last heard; for a page that never heard it, when it first failed to answer. */
  readonly since: number;
  readonly reason: string;
  readonly nextTryAt: number;
}

/** What the page knows about the fleet. */
export type FleetKnowledge =
  | { readonly kind: "asking" }
  | { readonly kind: "live"; readonly status: FleetStatus; readonly receivedAt: number }
  | {
      readonly kind: "stale";
      readonly status: FleetStatus;
      readonly receivedAt: number;
      readonly silence: Silence;
    }
  | { readonly kind: "unreachable"; readonly silence: Silence };

/** When an answer came, and when the next question follows. */
export interface AnswerTimes {
  readonly at: number;
  readonly nextTryAt: number;
}

/** What the page knows after an answer: a failure never forgets the last good status, nor since when it is old. */
export function knowledgeAfter(before: FleetKnowledge, answer: Answer, times: AnswerTimes): FleetKnowledge {
  if (answer.kind === "status") return { kind: "live", status: answer.status, receivedAt: times.at };
  const failed = { reason: answer.reason, nextTryAt: times.nextTryAt };
  switch (before.kind) {
    case "asking":
      return { kind: "unreachable", silence: { since: times.at, ...failed } };
    case "unreachable":
      return { kind: "unreachable", silence: { since: before.silence.since, ...failed } };
    case "live":
    case "stale": {
      const { status, receivedAt } = before;
      return { kind: "stale", status, receivedAt, silence: { since: receivedAt, ...failed } };
    }
  }
}
