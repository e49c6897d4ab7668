import type { Candidate } from "../../domain/candidate.ts";
import type { LoadedState } from "../../domain/fleet-snapshot.ts";
import type { RequestFacts } from "../../domain/request.ts";
import { comparesPlainly, effectiveContext, judgeContext } from "../../domain/runner-context.ts";

/**
 * What a request meets at a candidate: `hot`, a loaded model it reaches as it is · `likely-hot`, loaded, and a reload
 * cannot be ruled out · `must-reload`, loaded in a way that does not serve this request · `loading` · `not-loaded`.
 */
export type RunnerState = "hot" | "likely-hot" | "must-reload" | "loading" | "not-loaded";

/** Contexts that Ollama takes by itself, by GPU memory, when nobody asks for one. */
const AUTOMATIC_CONTEXTS: ReadonlySet<number> = new Set([4096, 32_768, 262_144]);

/** Tells whether this request would reach the model without loading it. */
export function runnerStateOf(candidate: Candidate, request: RequestFacts): RunnerState {
  const { model, backend, load } = candidate;
  // Other engines serve one model for as long as they run, with a context that no request can change.
  if (backend.kind !== "ollama") return "hot";
  if (model.loaded === undefined) return load.isModelLoading === true ? "loading" : "not-loaded";
  return request.keepsContext && isKept(candidate, request) ? "hot" : stateAsAsked(candidate, model.loaded, request);
}

/** The same for a request that is sent as it came. */
function stateAsAsked(candidate: Candidate, { loadedWith }: LoadedState, request: RequestFacts): RunnerState {
  const wish = request.numCtx === undefined ? undefined : effectiveContext(request.numCtx, candidate);
  if (loadedWith === undefined) return guess(candidate, wish, request.loadOptions);
  if (loadedWith.options !== request.loadOptions) return "must-reload";
  if (wish === undefined || loadedWith.numCtx === undefined) return afterOtherKind(candidate, wish);
  return effectiveContext(loadedWith.numCtx, candidate) === wish ? "hot" : "must-reload";
}

/** The router will send what the runner was loaded with. */
function isKept(candidate: Candidate, request: RequestFacts): boolean {
  const loadedWith = candidate.model.loaded?.loadedWith;
  return judgeContext(candidate, request).kind === "keep" && (loadedWith?.options ?? "") === request.loadOptions;
}

/** Whether the model takes no further memory: it is loaded, or on its way. */
export function isInMemory({ model, backend, load }: Candidate): boolean {
  return model.loaded !== undefined || backend.kind !== "ollama" || load.isModelLoading === true;
}

/** The node's state is remembered from before, or its reports stay away. */
export function isStateOld({ node, backend }: Candidate): boolean {
  return node.lastHeartbeatAt === undefined || node.status !== "online" || backend.reachability === "unknown";
}

/** How the model was loaded is not known: benefit of the doubt, unless the context shows that a reload is due. */
function guess(candidate: Candidate, wish: number | undefined, options: string): RunnerState {
  const context = candidate.model.loaded?.contextLength ?? 0;
  if (context === 0) return "likely-hot";
  if (wish === undefined) {
    const isDefault = AUTOMATIC_CONTEXTS.has(context) || context === candidate.model.contextMax;
    return isDefault && options === "" ? "hot" : "likely-hot";
  }
  if (wish !== context) return "must-reload";
  return options === "" && comparesPlainly(candidate.backend.version) ? "hot" : "likely-hot";
}

/**
 * The load is known, and it or this request named no context. Both without one never reload. Otherwise later versions
 * do, and earlier ones only when the named context is not the node's default, which nobody tells.
 */
function afterOtherKind({ model, backend }: Candidate, wish: number | undefined): RunnerState {
  const named = wish ?? model.loaded?.loadedWith?.numCtx;
  if (named === undefined) return "hot";
  if (!comparesPlainly(backend.version)) return "must-reload";
  if (wish === undefined) return "likely-hot";
  return wish === model.loaded?.contextLength ? "hot" : "must-reload";
}
