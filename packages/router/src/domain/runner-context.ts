import type { BackendSnapshot, ModelSnapshot } from "./fleet-snapshot.ts";

/** What a request wants of a model's context. */
export interface ContextWish {
  /** `num_ctx` that it asks for; undefined when it names none. */
  readonly numCtx: number | undefined;
  /** Estimated prompt tokens. */
  readonly promptTokens: number;
}

/** One model on one backend. */
export interface Runner {
  readonly backend: Pick<BackendSnapshot, "kind" | "version">;
  readonly model: Pick<ModelSnapshot, "loaded" | "capabilities" | "contextMax">;
}

/**
 * `keep`: sent so (undefined = without `num_ctx`), the runner stays as it is. `larger`: it asks for more than is loaded, a
 * reload is wanted. `as-asked`: nothing is loaded, or how it was loaded cannot be told.
 */
export type ContextVerdict =
  | { readonly kind: "keep"; readonly numCtx: number | undefined; readonly loadedContext: number }
  | { readonly kind: "larger"; readonly loadedContext: number }
  | { readonly kind: "as-asked" };

const AS_ASKED: ContextVerdict = { kind: "as-asked" };

/** Versions up to this one compare contexts plainly; later ones also tell a given context from the default one. */
const PLAIN_COMPARISON_UNTIL = { major: 0, minor: 24 };

/** Ollama raises smaller wishes to these. */
const LEAST_CONTEXT = 4;
const LEAST_VISION_CONTEXT = 2048;

/**
 * The `num_ctx` with which a request leaves a loaded runner as it is. Ollama loads a model anew when the context differs
 * from the one it was loaded with, also between a named one and none, so exactly that is what has to be sent.
 */
export function judgeContext(runner: Runner, wish: ContextWish): ContextVerdict {
  const { loaded } = runner.model;
  if (runner.backend.kind !== "ollama" || loaded === undefined) return AS_ASKED;
  return loaded.loadedWith === undefined
    ? judgeUnseenLoad(runner, wish, loaded.contextLength)
    : judgeSeenLoad(runner, wish, { context: loaded.contextLength, named: loaded.loadedWith.numCtx });
}

/** It was loaded before the router looked: only Ollamas that compare contexts plainly can be told what they show. */
function judgeUnseenLoad(runner: Runner, wish: ContextWish, context: number): ContextVerdict {
  if (context === 0 || !comparesPlainly(runner.backend.version)) return AS_ASKED;
  return wantsMore(runner, wish, context) ? larger(context) : keep(context, context);
}

/** Loaded by a request that the router saw; `named` is the `num_ctx` of that request. */
function judgeSeenLoad(
  runner: Runner,
  wish: ContextWish,
  { context, named }: { readonly context: number; readonly named: number | undefined },
): ContextVerdict {
  const loadedContext = context > 0 ? context : (named ?? 0);
  // Of unknown size: only a request that names none is sure to fit.
  if (loadedContext === 0) return wish.numCtx === undefined ? keep(undefined, 0) : AS_ASKED;
  return wantsMore(runner, wish, loadedContext) ? larger(loadedContext) : keep(named, loadedContext);
}

const keep = (numCtx: number | undefined, loadedContext: number): ContextVerdict => ({
  kind: "keep",
  numCtx,
  loadedContext,
});
const larger = (loadedContext: number): ContextVerdict => ({ kind: "larger", loadedContext });

/** A request without a wish would get the node's default; a prompt that does not fit what is loaded may need that. */
function wantsMore(runner: Runner, { numCtx, promptTokens }: ContextWish, loadedContext: number): boolean {
  return numCtx === undefined
    ? runner.model.loaded?.loadedWith?.numCtx !== undefined && promptTokens > loadedContext
    : effectiveContext(numCtx, runner) > loadedContext;
}

/** What bounds the contexts of a model. */
export interface ContextBounds {
  readonly model: Pick<Runner["model"], "capabilities" | "contextMax">;
}

/** Ollama clips a wish to what the model was trained for, and raises what is too small. */
export function effectiveContext(numCtx: number, { model }: ContextBounds): number {
  const least = model.capabilities?.includes("vision") ? LEAST_VISION_CONTEXT : LEAST_CONTEXT;
  return Math.max(least, Math.min(numCtx, model.contextMax ?? numCtx));
}

/** Unknown versions count as new: then a reload is expected rather than overlooked. */
export function comparesPlainly(version: string): boolean {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(version) ?? [];
  if (major === undefined || minor === undefined) return false;
  return Number(major) === PLAIN_COMPARISON_UNTIL.major && Number(minor) <= PLAIN_COMPARISON_UNTIL.minor;
}
