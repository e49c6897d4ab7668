import { tokens } from "@herd/shared";
import type { Journey } from "../journey.ts";
import type { ServeParts } from "../parts.ts";

/** Goes over to the next model that may serve the request. false when none is left. */
export function takeNextChoice(parts: Pick<ServeParts, "estimateTokens" | "numCtxFor">, journey: Journey): boolean {
  const [next, ...rest] = journey.choices;
  if (next === undefined) return false;
  const { facts } = journey;
  const { model, modelKey } = next;
  journey.choices = rest;
  journey.hold = next.hold;
  journey.countedFailures = 0;
  journey.isFallback = model !== journey.askedModel;
  if (model === facts.model) return true;
  const size = { characters: facts.promptCharacters, images: facts.imageCount };
  const promptTokens = tokens(parts.estimateTokens(modelKey, size));
  const isNative = facts.route?.startsWith("/api/") === true;
  const numCtx = isNative ? (journey.bodyNumCtx ?? parts.numCtxFor(modelKey, promptTokens)) : facts.numCtx;
  journey.facts = { ...facts, model, modelKey, promptTokens, numCtx };
  return true;
}
