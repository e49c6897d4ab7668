import type { LoadTerms, ModelSnapshot } from "../../domain/fleet-snapshot.ts";
import { effectiveContext } from "../../domain/runner-context.ts";
import type { SeenLoaded } from "../node-record.ts";

/** A model that has just answered. */
export interface Answered {
  /** Unix epoch ms. */
  readonly at: number;
  /** What the request asked for. */
  readonly terms: LoadTerms;
  /** The sight until now. */
  readonly known: SeenLoaded | undefined;
  /** What was known of the model until now. */
  readonly model: ModelSnapshot | undefined;
}

/** The sight of a model that answered, with the context that Ollama makes of the asked one. */
export function sightOf({ at, terms, known, model }: Answered): SeenLoaded {
  const effective = effectiveTerms(terms, model);
  const isSame = effective?.numCtx === known?.terms?.numCtx && effective?.options === known?.terms?.options;
  if (known !== undefined && effective !== undefined && isSame) return { ...known, at };
  // A silent request need not have changed a load that nobody saw.
  const isOther = terms.numCtx !== undefined || known?.terms?.numCtx !== undefined;
  return {
    at,
    terms: effective,
    exact: isWellKnown(model) ? effective?.numCtx : undefined,
    before: isOther ? model?.loaded?.contextLength : undefined,
  };
}

/** Undefined when nobody can tell what the node made of so large a number. */
function effectiveTerms(terms: LoadTerms, model: ModelSnapshot | undefined): LoadTerms | undefined {
  if (terms.numCtx === undefined) return terms;
  const numCtx = model === undefined ? terms.numCtx : effectiveContext(terms.numCtx, { model });
  return Number.isSafeInteger(numCtx) ? { ...terms, numCtx } : undefined;
}

/** Both bounds of its context are known. */
const isWellKnown = (model: ModelSnapshot | undefined): boolean =>
  model?.contextMax !== undefined && model.capabilities !== undefined;
