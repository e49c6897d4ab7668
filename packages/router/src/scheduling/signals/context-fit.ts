import type { Candidate } from "../../domain/candidate.ts";
import type { Reading } from "../../domain/decision.ts";
import type { RequestFacts } from "../../domain/request.ts";
import { counted } from "../../domain/text/counted.ts";
import type { Signal } from "../contracts.ts";
import { TYPICAL_OUTPUT_TOKENS } from "../estimates/speeds.ts";

/** The need is an estimate: from this share of it the context is surely too small, from that one surely enough. */
const TOO_SMALL = 0.8;
const ENOUGH = 1.25;

/** Up to this many times the need nothing is wasted; every doubling beyond costs a little: long prompts may need it. */
const AMPLE = 8;
const PER_DOUBLING = 0.04;
const LEAST_WHEN_AMPLE = -0.2;

/**
 * Does the loaded context suit the request? One that does is no merit of its own, being loaded is one already: with a
 * bonus here no queue could ever be long enough to load the model on a second machine.
 */
export const contextFit: Signal = {
  name: "context_fit",
  meaning: "Whether the context the model is loaded with suits the request: too small is bad, needless excess a little",
  formula:
    "r = loaded context ÷ (estimated prompt + expected output): −1 up to r = 0.8, rising to 0 at r = 1.25, 0 up to 8 × the need (or the asked num_ctx), " +
    "0.04 less per doubling beyond, at least −0.2; −1 when the request asks for more than is loaded; 0 when the model is not loaded or its context not known",
  measure(candidate, { request }): Reading {
    const context = loadedContext(candidate);
    const needed = neededTokens(candidate, request);
    const facts: Record<string, number> = { needed_tokens: needed };
    if (request.numCtx !== undefined) facts["asked_tokens"] = request.numCtx;
    if (context === undefined) return { score: 0, facts };
    facts["context_tokens"] = context;
    const asked = Math.min(request.numCtx ?? 0, candidate.model.contextMax ?? Number.POSITIVE_INFINITY);
    return { score: asked > context ? -1 : gradeOf({ context, needed, asked }), facts };
  },
  explain({ score, facts }): string {
    const { context_tokens: context, needed_tokens: needed = 0, asked_tokens: asked } = facts;
    if (context === undefined) return "The context it would be loaded with is not known";
    const loaded = `Loaded with ${counted(context, "token")} of context`;
    if (asked !== undefined && asked > context) return `${loaded}; the request asks for ${counted(asked, "token")}`;
    const need = `${loaded}, about ${counted(needed, "token")} needed`;
    if (score < 0 && context < needed * ENOUGH) return `${need}: too small`;
    return score < -0.1 && context > needed ? `${need}: far more than needed` : need;
  },
};

/** Tokens of context in memory. Engines that serve one model have it loaded with all the context they offer. */
function loadedContext({ model, backend }: Candidate): number | undefined {
  const context = model.loaded?.contextLength ?? 0;
  if (context > 0) return context;
  return backend.kind === "ollama" ? undefined : model.contextMax;
}

/** Prompt and the output to expect: what was learned, within what the client allows. */
function neededTokens({ learned }: Candidate, { promptTokens, outputLimit }: RequestFacts): number {
  const output = learned.outputTokens ?? TYPICAL_OUTPUT_TOKENS;
  const isLimited = outputLimit !== undefined && outputLimit > 0;
  return Math.max(1, Math.round(promptTokens + (isLimited ? Math.min(outputLimit, output) : output)));
}

interface Contexts {
  readonly context: number;
  readonly needed: number;
  readonly asked: number;
}

function gradeOf({ context, needed, asked }: Contexts): number {
  const ratio = context / needed;
  if (ratio < ENOUGH) return Math.max(-1, (ratio - ENOUGH) / (ENOUGH - TOO_SMALL));
  const excess = context / Math.max(needed, asked) / AMPLE;
  return excess <= 1 ? 0 : Math.max(LEAST_WHEN_AMPLE, -PER_DOUBLING * Math.log2(excess));
}
