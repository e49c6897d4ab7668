import { tokens } from "@herd/shared";
import type { BodyFacts, RequestFacts } from "../domain/request.ts";
import type { NameMeaning } from "../models/name-book.ts";
import { type Ending, endingOf } from "./answers/ending.ts";
import { choicesWithFallbacks } from "./choices/choices-with-fallbacks.ts";
import { extrasOf, type RequestExtras } from "./choices/request-extras.ts";
import { takeNextChoice } from "./choices/take-next-choice.ts";
import { beginJourney, type Hold, type Journey } from "./journey.ts";
import type { Serving } from "./parts.ts";

/** Steps one and two gave either a journey or the end. */
export type Begun =
  | { readonly kind: "journey"; readonly journey: Journey }
  | { readonly kind: "ending"; readonly ending: Ending };

/** Reads the body and finds out what its model name means. */
export async function beginServing(serving: Serving): Promise<Begun> {
  const { parts, incoming, voice } = serving;
  parts.noteRequest();
  const reading = voice.read(incoming.body);
  if (reading.refusal !== undefined) return { kind: "ending", ending: endingOf.refusal(serving, reading.refusal) };
  const extras = extrasOf(incoming.headers, reading.facts);
  const facts = requestFactsOf(serving, reading.facts, extras);
  if (facts === undefined) return { kind: "ending", ending: endingOf.unknownModel(serving, reading.facts.model) };
  const journey = beginJourney({
    facts,
    body: incoming.upload ?? incoming.body,
    edits: reading.edits,
    bodyNumCtx: reading.facts.numCtx,
  });
  incoming.onClientGone(() => {
    journey.isGone = true;
    journey.leave();
  });
  const isKnown = wantsFallbacks(facts, extras)
    ? await findAny(serving, journey, extras)
    : await findModel(serving, journey);
  const isServable = isKnown || (await comesByPull(serving, journey));
  return isServable ? { kind: "journey", journey } : { kind: "ending", ending: endUnknown(serving, journey) };
}

/** The client may leave while the model is on its way; the pull goes on for the next one. */
async function comesByPull(serving: Serving, journey: Journey): Promise<boolean> {
  const coming =
    serving.voice.judge(serving.incoming.body) === undefined ? serving.parts.pullMissing(journey.facts) : undefined;
  if (coming === undefined || !(await Promise.race([coming, journeyLeft(serving)]))) return false;
  return findModel(serving, journey);
}

const journeyLeft = ({ incoming }: Serving): Promise<false> =>
  new Promise((resolve) => incoming.onClientGone(() => resolve(false)));

/** Who loads or unloads a model means that one. */
const wantsFallbacks = ({ kind }: RequestFacts, { fallbackModels }: RequestExtras): boolean =>
  fallbackModels.length > 0 && kind !== "load" && kind !== "unload";

/** The usual case: one model. Not a promise where the fleet knows it. */
function findModel({ parts }: Serving, journey: Journey): boolean | Promise<boolean> {
  const { facts } = journey;
  const take = (meaning: NameMeaning): boolean => {
    if (meaning.kind === "unknown") return false;
    journey.hold = holdOf(meaning);
    return true;
  };
  const asked = parts.meaningOf(facts.modelKey, facts.client.isLoopback);
  return asked instanceof Promise ? asked.then(take) : take(asked);
}

async function findAny({ parts }: Serving, journey: Journey, extras: RequestExtras): Promise<boolean> {
  journey.choices = await choicesWithFallbacks(parts, journey.facts, { extras, holdOf });
  return takeNextChoice(parts, journey);
}

function endUnknown(serving: Serving, journey: Journey): Ending {
  if (journey.isGone) return endingOf.noTurn(serving, journey, { kind: "left" });
  const refusal = serving.voice.judge(serving.incoming.body);
  return refusal === undefined
    ? endingOf.unknownModel(serving, journey.facts.model, journey)
    : endingOf.refusal(serving, refusal);
}

const holdOf = ({ kind, holdMs }: Exclude<NameMeaning, { kind: "unknown" }>): Hold => ({
  ms: holdMs,
  codeAfter: kind === "known" ? "HERD_NO_CANDIDATE" : "HERD_MODEL_NOT_FOUND",
});

/** undefined when the model's name cannot be one. */
function requestFactsOf(serving: Serving, body: BodyFacts, { tags, node }: RequestExtras): RequestFacts | undefined {
  const { parts, incoming, voice } = serving;
  const asked = { dialect: voice.dialect, seesDemo: incoming.client.isLoopback, needed: body.needed };
  const model = parts.aliasOf(body.model, asked);
  const modelKey = parts.keyOf(model);
  if (modelKey === undefined) return undefined;
  const promptTokens = parts.estimateTokens(modelKey, { characters: body.promptCharacters, images: body.imageCount });
  const isNative = voice.route?.startsWith("/api/") === true;
  return factsOfRequest(serving, body, {
    model,
    modelKey,
    promptTokens: tokens(promptTokens),
    tags,
    numCtx: isNative ? (body.numCtx ?? parts.numCtxFor(modelKey, promptTokens)) : body.numCtx,
    keepsContext: isNative && parts.tools.rules().contextProtection === "strip",
    pinnedNode: incoming.client.isLoopback ? node : undefined,
  });
}

/** What is known of a request only when its name has been looked up. */
export type ResolvedFacts = Pick<
  RequestFacts,
  "model" | "modelKey" | "promptTokens" | "tags" | "numCtx" | "keepsContext" | "pinnedNode"
>;

/** What is known of a request: what its body tells, what its route and client are, and what its model's name stands for. */
export function factsOfRequest(
  { incoming, voice }: Pick<Serving, "incoming" | "voice">,
  body: BodyFacts,
  { model, modelKey, promptTokens, tags, numCtx, keepsContext, pinnedNode }: ResolvedFacts,
): RequestFacts {
  return {
    ...body,
    model,
    modelKey,
    promptTokens,
    tags,
    numCtx,
    keepsContext,
    requestedModel: body.model,
    requestId: incoming.requestId,
    dialect: voice.dialect,
    route: voice.route,
    path: incoming.path,
    client: incoming.client,
    arrivedAt: incoming.arrivedAt,
    pinnedNode,
  };
}
