import type { Candidate } from "../domain/candidate.ts";
import { type Ending, endingOf, endWith } from "./answers/ending.ts";
import { beginServing } from "./begin-serving.ts";
import type { Journey } from "./journey.ts";
import type { Serving } from "./parts.ts";
import { startPlainAttempt } from "./plain-attempt.ts";

/** What finding a holder needs. */
export interface HolderParts {
  /** Who could answer now, the best first. */
  readonly candidatesFor: (journey: Journey) => readonly Candidate[];
  /** The answer that the router itself gives for a candidate whose server has no such route, as JSON. */
  readonly ownAnswer: (candidate: Candidate) => string | undefined;
  /** Resolves when the fleet has changed, or after this time at the latest, ms. */
  readonly nextChange: (withinMs: number) => Promise<undefined>;
}

/** Serves a request that any node having the model can answer at once: no lane, no slot, the next holder when one fails. */
export async function serveAnyHolder(serving: Serving, holders: HolderParts): Promise<void> {
  const begun = await beginServing(serving);
  endWith(serving, begun.kind === "ending" ? begun.ending : await ask(serving, begun.journey, holders));
}

async function ask(serving: Serving, journey: Journey, holders: HolderParts): Promise<Ending> {
  const deadline = serving.parts.now() + journey.hold.ms;
  while (!journey.isGone) {
    const candidate = holders.candidatesFor(journey)[0];
    const left = deadline - serving.parts.now();
    if (candidate === undefined && (left <= 0 || !mayWait(journey))) return endUnanswered(serving, journey);
    const ending =
      candidate === undefined
        ? await holders.nextChange(left)
        : (answerItself(serving, journey, holders.ownAnswer(candidate)) ??
          (await tryHolder(serving, journey, candidate)));
    if (ending !== undefined) return ending;
  }
  return endingOf.noTurn(serving, journey, { kind: "left" });
}

/** Waiting helps while nobody could be asked or reached; a node's own answer does not change by it. */
const mayWait = ({ lastFailure }: Journey): boolean =>
  lastFailure === undefined || lastFailure.failureClass === "unreachable";

function answerItself({ incoming }: Serving, journey: Journey, body: string | undefined): Ending | undefined {
  if (body === undefined) return undefined;
  const bytes = Buffer.from(body);
  const headers = ["Content-Type", "application/json; charset=utf-8", "Content-Length", String(bytes.length)];
  incoming.sink.begin({ status: 200, headers: [...headers, "X-Request-Id", incoming.requestId] });
  incoming.sink.write(bytes);
  incoming.sink.end();
  return { outcome: { kind: "completed", hasOutput: true }, status: 200, journey };
}

/** undefined when another holder is to be asked. */
async function tryHolder(serving: Serving, journey: Journey, candidate: Candidate): Promise<Ending | undefined> {
  const result = await startPlainAttempt(serving, journey, candidate);
  if (result.kind !== "failed") return endingOf.result(journey, result);
  return result.failureClass === "callers-fault" ? endingOf.failure(serving, journey, result) : undefined;
}

function endUnanswered(serving: Serving, journey: Journey): Ending {
  if (journey.lastFailure !== undefined) return endingOf.failure(serving, journey, journey.lastFailure);
  const code = journey.hold.codeAfter;
  const end = { kind: "no-turn", code, wasQueued: true, retryAfterS: 1, decision: undefined, decidedInMs: 0 } as const;
  return endingOf.noTurn(serving, journey, end);
}
