import type { Holder } from "../../domain/fleet-snapshot.ts";
import type { RequestFacts } from "../../domain/request.ts";
import type { NameMeaning } from "../../models/name-book.ts";
import type { Hold, ModelChoice } from "../journey.ts";
import type { ServeParts } from "../parts.ts";
import type { RequestExtras } from "./request-extras.ts";

type KnownMeaning = Exclude<NameMeaning, { kind: "unknown" }>;

/** What the client wants, and how a meaning becomes a time of waiting. */
export interface FallbackWish {
  readonly extras: RequestExtras;
  readonly holdOf: (meaning: KnownMeaning) => Hold;
}

/** Tried at once or not at all: somebody else may serve. */
const NO_HOLD: Hold = { ms: 0, codeAfter: "HERD_NO_CANDIDATE" };

/**
 * The models that may serve a request, in the order in which they are tried: the asked one, then the client's fallbacks, all
 * without waiting for a machine to appear, and at last the asked one again, for which it is worth waiting. Names that
 * nobody knows are left out; the list is empty when all are unknown.
 */
export async function choicesWithFallbacks(
  parts: ServeParts,
  facts: RequestFacts,
  { extras, holdOf }: FallbackWish,
): Promise<readonly ModelChoice[]> {
  const { isLoopback } = facts.client;
  const known: ModelChoice[] = [];
  for (const { model, modelKey } of namesOf(parts, facts, extras)) {
    const meaning = await parts.meaningOf(modelKey, isLoopback);
    if (meaning.kind !== "unknown") known.push({ model, modelKey, hold: holdOf(meaning) });
    else if (modelKey !== facts.modelKey) parts.onMissingFallback?.(model, facts.requestId);
  }
  const ordered = extras.mode === "cold" ? warmFirst(parts, known, isLoopback) : known;
  const tried = ordered.map((choice) => ({ ...choice, hold: NO_HOLD }));
  const awaited = known.find(({ modelKey }) => modelKey === facts.modelKey) ?? known.at(-1);
  return awaited === undefined ? [] : [...tried, awaited];
}

/** The asked model and the fallbacks, each once, with what their names stand for. */
function namesOf(
  parts: ServeParts,
  { model, modelKey, dialect, client }: RequestFacts,
  { fallbackModels }: RequestExtras,
): readonly Pick<ModelChoice, "model" | "modelKey">[] {
  const names = new Map([[modelKey, model]]);
  for (const fallback of fallbackModels) {
    const resolved = parts.aliasOf(fallback, { dialect, seesDemo: client.isLoopback });
    const key = parts.keyOf(resolved);
    if (key !== undefined && !names.has(key)) names.set(key, resolved);
  }
  return [...names].map(([key, name]) => ({ modelKey: key, model: name }));
}

/** It could answer now without a load. */
const isReady = ({ node, model }: Holder): boolean =>
  model.loaded !== undefined && node.status !== "offline" && !node.isDraining;

/** Models in memory somewhere stand before the others; both keep the client's order. */
function warmFirst(parts: ServeParts, choices: readonly ModelChoice[], seesDemo: boolean): readonly ModelChoice[] {
  const isWarm = ({ modelKey }: ModelChoice): boolean => parts.holdersOf(modelKey, seesDemo).some(isReady);
  return [...choices.filter(isWarm), ...choices.filter((choice) => !isWarm(choice))];
}
