import type { Candidate } from "../../domain/candidate.ts";
import type { Edit, RequestKind } from "../../domain/request.ts";
import type { RequestBody } from "../../domain/request-body.ts";
import { type ContextVerdict, effectiveContext, judgeContext } from "../../domain/runner-context.ts";
import type { Journey } from "../journey.ts";
import type { CallTools } from "./call-tools.ts";

/** What becomes of a request's `num_ctx` on one candidate. */
export interface ContextChange {
  readonly edits: readonly Edit[];
  /** Response headers that tell it: name, value … */
  readonly headers: readonly string[];
  /** The `num_ctx` that is sent; undefined for none. */
  readonly numCtx: number | undefined;
}

/** The request, the candidate, and the native body that will be sent to it. */
export interface ContextCase {
  readonly tools: CallTools;
  readonly journey: Journey;
  readonly candidate: Candidate;
  readonly body: RequestBody;
}

/** Kinds that reach a runner. */
const usesRunner: ReadonlySet<RequestKind> = new Set<RequestKind>(["chat", "generate", "embed", "load"]);

/**
 * Keeps a request from changing the context of a loaded model that is large enough for it: it is sent exactly what the
 * runner was loaded with. A larger wish goes on as it is, and the reload that follows is told.
 */
export function contextChangeFor({ tools, journey, candidate, body }: ContextCase): ContextChange {
  const { facts } = journey;
  const mode = tools.rules().contextProtection;
  if (!(body instanceof Uint8Array) || !usesRunner.has(facts.kind))
    return { edits: [], headers: [], numCtx: facts.numCtx };
  const verdict: ContextVerdict = mode === "passthrough" ? { kind: "as-asked" } : judgeContext(candidate, facts);
  const fitting = verdict.kind === "keep" ? verdict.numCtx : facts.numCtx;
  const sent = mode === "strip" ? countable(fitting, candidate) : facts.numCtx;
  const edits = sent === journey.bodyNumCtx ? [] : tools.editNumCtx(body, sent);
  const isChanged = edits.length > 0;
  // A context of a wrong type stays what it is, for Ollama to refuse.
  if (!isChanged && sent !== journey.bodyNumCtx) return { edits, headers: [], numCtx: journey.bodyNumCtx };
  return {
    edits,
    headers:
      isChanged || fitting !== facts.numCtx || verdict.kind === "larger"
        ? contextHeaders(journey, { sent, verdict })
        : [],
    numCtx: sent,
  };
}

/** Numbers that no integer of Ollama holds are sent as what they stand for, where that is known. */
function countable(numCtx: number | undefined, candidate: Candidate): number | undefined {
  return numCtx === undefined || Number.isSafeInteger(numCtx) ? numCtx : effectiveContext(numCtx, candidate);
}

function contextHeaders(
  { bodyNumCtx }: Journey,
  { sent, verdict }: { readonly sent: number | undefined; readonly verdict: ContextVerdict },
): readonly string[] {
  const headers = ["X-Fleet-Context-Asked", wordOf(bodyNumCtx), "X-Fleet-Context-Sent", wordOf(sent)];
  if (verdict.kind !== "as-asked") headers.push("X-Fleet-Context-Loaded", String(verdict.loadedContext));
  return headers;
}

const wordOf = (tokens: number | undefined): string => (tokens === undefined ? "default" : String(tokens));
