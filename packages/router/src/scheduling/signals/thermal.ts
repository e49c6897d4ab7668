import type { Candidate, SchedulingView } from "../../domain/candidate.ts";
import type { Reading } from "../../domain/decision.ts";
import { counted } from "../../domain/text/counted.ts";
import type { Signal } from "../contracts.ts";
import { isStateOld, type RunnerState, runnerStateOf } from "../estimates/runner-state.ts";
import { spokenDuration } from "../wording.ts";

const HOT = 1;
/** Loaded, but a reload cannot be ruled out. */
const LIKELY_HOT = 0.9;
/** The load is under way; the wait for it is another signal's. */
const LOADING = 0.8;
/** The file lies in the operating system's cache, so a load is quick. */
const WARM = 0.6;
const COLD = 0.2;

/** What is remembered of an unreported node may be over: less is given for it. */
const OLD_STATE_DISCOUNT = 0.1;

/** How long a file is expected to stay in the cache after the model left memory. */
const WARM_FOR_MS = 30 * 60_000;

/** Is the model hot, warm or cold on the node, for this very request? */
export const thermal: Signal = {
  name: "thermal",
  meaning: "Whether the model is in memory, so that this request starts without a load",
  formula:
    "1 hot: loaded, and this request reaches it without a reload · 0.9 loaded, a reload cannot be ruled out · 0.8 being loaded · " +
    "0.6 warm: left memory less than 30 min ago, or this request makes it reload · 0.2 cold; 0.1 less while the node's state is old",
  measure(candidate, view): Reading {
    const state = runnerStateOf(candidate, view.request);
    const isOld = isStateOld(candidate);
    const sinceUnload = unloadedFor(candidate, view);
    return {
      score: levelOf(state, sinceUnload) - (isOld ? OLD_STATE_DISCOUNT : 0),
      facts: factsOf({ candidate, view, state, isOld, sinceUnload }),
    };
  },
  explain({ facts }): string {
    const sentence = stateInWords(facts);
    return facts["is_state_old"] === 1 ? `${sentence} (as last heard; the machine does not report now)` : sentence;
  },
};

function levelOf(state: RunnerState, sinceUnload: number | undefined): number {
  switch (state) {
    case "hot":
      return HOT;
    case "likely-hot":
      return LIKELY_HOT;
    case "loading":
      return LOADING;
    case "must-reload":
      return WARM;
    case "not-loaded":
      return sinceUnload !== undefined && sinceUnload < WARM_FOR_MS ? WARM : COLD;
  }
}

interface Findings {
  readonly candidate: Candidate;
  readonly view: SchedulingView;
  readonly state: RunnerState;
  readonly isOld: boolean;
  readonly sinceUnload: number | undefined;
}

function factsOf({ candidate, view, state, isOld, sinceUnload }: Findings): Record<string, number> {
  const facts: Record<string, number> = {
    is_loaded: truth(state !== "loading" && state !== "not-loaded"),
    is_loading: truth(state === "loading"),
    may_reload: truth(state === "likely-hot"),
    must_reload: truth(state === "must-reload"),
    is_state_old: truth(isOld),
  };
  if (state === "must-reload") addContexts(facts, candidate, view);
  if (state === "not-loaded" && sinceUnload !== undefined) facts["unloaded_for_s"] = Math.round(sinceUnload / 1000);
  return facts;
}

const truth = (claim: boolean): number => (claim ? 1 : 0);

function addContexts(facts: Record<string, number>, { model }: Candidate, { request }: SchedulingView): void {
  const context = model.loaded?.contextLength ?? 0;
  if (context > 0) facts["loaded_context_tokens"] = context;
  if (request.numCtx !== undefined) facts["asked_context_tokens"] = request.numCtx;
}

/** ms since the model left memory; clocks that disagree count as just now. */
function unloadedFor({ model }: Candidate, { now }: SchedulingView): number | undefined {
  return model.unloadedAt === undefined ? undefined : Math.max(0, now - model.unloadedAt);
}

function stateInWords(facts: Reading["facts"]): string {
  if (facts["is_loading"] === 1) return "The model is being loaded now";
  if (facts["must_reload"] === 1) return reloadInWords(facts);
  if (facts["may_reload"] === 1) return "The model is in memory; this request may make it load again";
  if (facts["is_loaded"] === 1) return "The model is in memory and ready";
  const unloaded = facts["unloaded_for_s"];
  if (unloaded === undefined) return "The model is on disk and must be loaded first";
  const when = `${spokenDuration(unloaded * 1000)} ago`;
  return unloaded * 1000 < WARM_FOR_MS
    ? `The model left memory ${when}; it loads quickly`
    : `The model left memory ${when} and must be loaded first`;
}

function reloadInWords(facts: Reading["facts"]): string {
  const loaded = facts["loaded_context_tokens"];
  const asked = facts["asked_context_tokens"];
  if (loaded === undefined || asked === undefined || loaded === asked) {
    return "The model is in memory, but was loaded with other options: this request makes it load again";
  }
  return `The model is in memory with ${counted(loaded, "token")} of context; asking for ${counted(asked, "token")} makes it load again`;
}
