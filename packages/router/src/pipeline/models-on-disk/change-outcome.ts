import type { HeldAnswer } from "../../dispatch/attempt-result.ts";
import type { NodeCallResult } from "../../dispatch/node-call.run.ts";

/** What one node said to a change. */
export interface NodeVerdict {
  readonly nodeId: string;
  readonly result: NodeCallResult;
}

/** What all nodes together make of a change. */
export type ChangeOutcome =
  /** Every node did it; the answer is that of the first. */
  | { readonly kind: "done"; readonly answer: HeldAnswer; readonly done: readonly string[] }
  /** Nobody did it, and all who were asked gave this answer. */
  | { readonly kind: "refused"; readonly answer: HeldAnswer }
  /** Some did it and some did not, or nobody did it for different reasons. */
  | {
      readonly kind: "partial";
      readonly status: number;
      readonly done: readonly string[];
      /** `done on a, b; failed on c (reason)`. */
      readonly text: string;
    };

/**
 * Puts the verdicts of all nodes together. A node that answers 404 does not have the model: that is no failure where others
 * did it, since nothing is left to do there. At least one verdict must be given.
 */
export function outcomeOf(verdicts: readonly NodeVerdict[]): ChangeOutcome {
  const answers = verdicts.map((verdict) => ({ ...verdict, answer: answerOf(verdict.result) }));
  const done = answers.filter(({ answer }) => answer !== undefined && answer.status < 300);
  const failed = answers.filter((verdict) => !done.includes(verdict) && verdict.answer?.status !== 404);
  const first = done[0]?.answer;
  const names = done.map(({ nodeId }) => nodeId);
  if (first !== undefined && failed.length === 0) return { kind: "done", answer: first, done: names };
  const open = failed.length === 0 ? answers : failed;
  const agreed = done.length === 0 ? agreedAnswer(open.map(({ answer }) => answer)) : undefined;
  if (agreed !== undefined) return { kind: "refused", answer: agreed };
  const reasons = open.map(({ nodeId, result }) => `${nodeId} (${reasonOf(result)})`).join(", ");
  const text = `${names.length === 0 ? "" : `done on ${names.join(", ")}; `}failed on ${reasons}`;
  const statuses = new Set(open.map(({ answer }) => answer?.status ?? 500));
  const [status = 500] = statuses.size === 1 ? statuses : [];
  return { kind: "partial", status, done: names, text };
}

const answerOf = (result: NodeCallResult): HeldAnswer | undefined => (result.kind === "answered" ? result : undefined);

/** The answer that all of them gave; undefined where they differ or one gave none. */
function agreedAnswer(answers: readonly (HeldAnswer | undefined)[]): HeldAnswer | undefined {
  const [first] = answers;
  if (first === undefined) return undefined;
  const isSame = (answer: HeldAnswer | undefined): boolean =>
    answer?.status === first.status && Buffer.compare(answer.body, first.body) === 0;
  return answers.every(isSame) ? first : undefined;
}

/** Why a node did not do it, in a few words. */
export function reasonOf(result: NodeCallResult): string {
  switch (result.kind) {
    case "failed":
      return result.detail;
    case "cancelled":
      return "the call was ended";
    case "relayed":
      return `HTTP ${result.status}`;
    case "answered":
      return errorIn(result.body) ?? `HTTP ${result.status}`;
  }
}

const LONGEST_REASON = 300;

function errorIn(body: Uint8Array): string | undefined {
  const text = new TextDecoder().decode(body.subarray(0, 4_096));
  try {
    const { error } = JSON.parse(text) as { readonly error?: unknown };
    return typeof error === "string" ? error.slice(0, LONGEST_REASON) : undefined;
  } catch {
    // Not JSON: the status says enough.
    return undefined;
  }
}
