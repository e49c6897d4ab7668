import type { Heartbeat, LoadedModel, ModelKey } from "@herd/shared";
import type { LoadTerms } from "../../domain/fleet-snapshot.ts";
import { modelKeyOf } from "../../domain/model-name.ts";
import { effectiveContext } from "../../domain/runner-context.ts";
import type { ModelTraits, NodeRecord, SeenLoaded } from "../node-record.ts";
import { loadedKeysOf } from "./servers-of.ts";

/** How long the router's own sight of a loaded model outweighs a heartbeat that does not show it yet, ms. */
export const SEEN_LOADED_HOLDS_MS = 7000;

/** A heartbeat that comes this soon after a sight may tell what its agent saw before it, ms. */
const OLD_LOOK_MS = 2000;

/** Traits of a model by its digest, where they were read. */
export type TraitsOf = (digest: string) => ModelTraits | undefined;

/** What is known of the context of a model on a node's Ollama; undefined fields are not known. */
export interface ContextTraits {
  readonly capabilities: ModelTraits["capabilities"] | undefined;
  readonly contextMax: number | undefined;
}

interface TraitSources {
  readonly facts: NodeRecord["inventory"]["facts"];
  readonly name: string;
  /** Its digest as memory shows it, for agents that tell no facts. */
  readonly digest: string | undefined;
  readonly traitsOf: TraitsOf;
}

/** What the node tells of a model, and where it does not, what was read of its weights. */
export function contextTraitsOf({ facts, name, digest, traitsOf }: TraitSources): ContextTraits {
  const told = Object.hasOwn(facts, name) ? facts[name] : undefined;
  const known = told?.digest ?? digest;
  const traits = known === undefined ? undefined : traitsOf(known);
  return {
    capabilities: toldCapabilities(told?.capabilities) ?? traits?.capabilities,
    contextMax: told?.context_max ?? traits?.contextMax,
  };
}

/** The predecessor sends an empty list where it does not know; every model can do something. */
const toldCapabilities = (told: readonly string[] | undefined): ContextTraits["capabilities"] =>
  told === undefined || told.length === 0 ? undefined : (told as ModelTraits["capabilities"]);

/** A model of a node's Ollama that has just answered. */
export interface Answered {
  readonly key: ModelKey;
  readonly terms: LoadTerms;
  /** Unix epoch ms. */
  readonly now: number;
  readonly traitsOf: TraitsOf;
}

/** The sight of a model that answered, with the context that Ollama makes of the asked one. */
export function sightOf(record: NodeRecord, { key, terms, now, traitsOf }: Answered): SeenLoaded {
  const { ollama } = record.heartbeat;
  const shown = ollama.models_loaded.find(({ name }) => modelKeyOf(name) === key);
  const name = shown?.name ?? ollama.models_available.find((listed) => modelKeyOf(listed) === key) ?? key;
  const traits = contextTraitsOf({ facts: record.inventory.facts, name, digest: shown?.digest, traitsOf });
  const effective = effectiveTerms(terms, traits);
  const known = record.seenLoaded.get(key);
  if (known !== undefined && effective !== undefined && areEqual(known.terms, effective)) return { ...known, at: now };
  const isOther = effective?.numCtx !== undefined || known?.terms?.numCtx !== undefined;
  return { at: now, terms: effective, before: isOther ? shown?.context_length : undefined, reported: undefined };
}

/** Undefined when nobody can tell what the node made of so large a number. */
function effectiveTerms(terms: LoadTerms, model: ContextTraits): LoadTerms | undefined {
  if (terms.numCtx === undefined) return terms;
  const numCtx = effectiveContext(terms.numCtx, { model });
  return Number.isSafeInteger(numCtx) ? { ...terms, numCtx } : undefined;
}

const areEqual = (one: LoadTerms | undefined, other: LoadTerms): boolean =>
  one?.options === other.options && one.numCtx === other.numCtx;

interface NextHeartbeat {
  readonly heartbeat: Heartbeat;
  readonly facts: NodeRecord["inventory"]["facts"];
  readonly traitsOf: TraitsOf;
  /** Unix epoch ms. */
  readonly now: number;
}

/**
 * The sights that still hold after a heartbeat. One is over when the model has left memory, and when the model is shown with
 * another context than the sight stands for: then somebody else loaded it, on terms that nobody told.
 */
export function sightsAfter(previous: NodeRecord | undefined, next: NextHeartbeat): NodeRecord["seenLoaded"] {
  if (previous === undefined || previous.seenLoaded.size === 0) return new Map();
  const before = loadedKeysOf(previous.heartbeat);
  const now = loadedKeysOf(next.heartbeat);
  const shown = new Map(next.heartbeat.ollama.models_loaded.map((model) => [keyOf(model), model]));
  const kept = new Map<string, SeenLoaded>();
  for (const [key, seen] of previous.seenLoaded) {
    if (!now.has(key) && (before.has(key) || next.now - seen.at > SEEN_LOADED_HOLDS_MS)) continue;
    const model = shown.get(key);
    const sight = model === undefined ? seen : sightBeside(seen, model, next);
    if (sight !== undefined) kept.set(key, sight);
  }
  return kept;
}

/** A sight beside what a heartbeat shows of the same model; undefined when they do not belong together. */
function sightBeside(seen: SeenLoaded, model: LoadedModel, next: NextHeartbeat): SeenLoaded | undefined {
  const shown = model.context_length;
  if (shown === 0) return seen;
  if (seen.reported !== undefined) return seen.reported === shown ? seen : undefined;
  const isAsSeen = seen.terms !== undefined && contextOf(seen.terms, model, next) === shown;
  if (seen.before === shown && next.now - seen.at < OLD_LOOK_MS && !isAsSeen) return seen;
  return isAsSeen || (seen.terms !== undefined && seen.terms.numCtx === undefined)
    ? { ...seen, reported: shown }
    : undefined;
}

/** The context of a load on these terms; undefined when they named none. */
function contextOf({ numCtx }: LoadTerms, { name, digest }: LoadedModel, next: NextHeartbeat): number | undefined {
  if (numCtx === undefined) return undefined;
  return effectiveContext(numCtx, { model: contextTraitsOf({ ...next, name, digest }) });
}

const keyOf = ({ name }: LoadedModel): string | undefined => modelKeyOf(name);
