import type { Candidate } from "../../domain/candidate.ts";
import type { Edit, RequestFacts } from "../../domain/request.ts";
import type { RequestBody } from "../../domain/request-body.ts";
import type { WireRoute } from "../../domain/wire-route.ts";
import type { CallTools } from "./call-tools.ts";

const NO_EDITS: readonly Edit[] = [];

/** Names of models that think, for nodes that do not tell what their models can do. */
const THINKING_NAMES = /deepseek-r1|gpt-oss|qwq|magistral|reasoning/i;

/** The request and the candidate that would answer it. */
export interface LimitCase {
  readonly tools: CallTools;
  readonly facts: RequestFacts;
  readonly body: RequestBody;
  readonly route: WireRoute | undefined;
  readonly candidate: Candidate;
}

/**
 * The client's limit of output tokens, raised for a model that spends a part of them on thinking. Made of the client's own
 * body for each attempt, so that a retry raises nothing twice.
 */
export function outputLimitEdits({ tools, facts, body, route, candidate }: LimitCase): readonly Edit[] {
  if (facts.outputLimit === undefined || !(body instanceof Uint8Array)) return NO_EDITS;
  const { thinkingOverhead, thinkingMinPredict } = tools.rules();
  if (thinkingOverhead === 1 || !thinks(candidate)) return NO_EDITS;
  return tools.raiseOutputLimit(body, route, (tokens) =>
    Math.max(Math.floor(tokens * thinkingOverhead), thinkingMinPredict),
  );
}

function thinks({ model }: Candidate): boolean {
  return model.capabilities?.includes("thinking") ?? THINKING_NAMES.test(model.name);
}
