import { tokens } from "@herd/shared";
import type { BodyFacts, Edit, RequestFacts } from "../domain/request.ts";
import type { NameMeaning } from "../models/name-book.ts";
import { type Ending, endingOf } from "./answers/ending.ts";
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
  const facts = requestFactsOf(serving, reading.facts);
  if (facts === undefined) return { kind: "ending", ending: endingOf.unknownModel(serving, reading.facts.model) };
  const edits = [...reading.edits, ...aliasEdits(reading.facts, facts)];
  const labels = edits.map((edit) => edit.label);
  const journey = beginJourney(
    facts,
    edits.length === 0 ? incoming.body : parts.applyEdits(incoming.body, edits),
    labels,
  );
  incoming.onClientGone(() => {
    journey.isGone = true;
    journey.leave();
  });
  const asked = parts.meaningOf(facts.modelKey, facts.client.isLoopback);
  const meaning = asked instanceof Promise ? await asked : asked;
  if (meaning.kind === "unknown") return { kind: "ending", ending: endUnknown(serving, journey) };
  journey.hold = holdOf(meaning);
  return { kind: "journey", journey };
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
function requestFactsOf(serving: Serving, body: BodyFacts): RequestFacts | undefined {
  const { parts } = serving;
  const model = parts.aliasOf(body.model);
  const modelKey = parts.keyOf(model);
  if (modelKey === undefined) return undefined;
  const promptTokens = parts.estimateTokens(modelKey, { characters: body.promptCharacters, images: body.imageCount });
  return factsOfRequest(serving, body, { model, modelKey, promptTokens: tokens(promptTokens) });
}

/** What is known of a request: what its body tells, what its route and client are, and what its model's name stands for. */
export function factsOfRequest(
  { incoming, voice }: Pick<Serving, "incoming" | "voice">,
  body: BodyFacts,
  resolved: Pick<RequestFacts, "model" | "modelKey" | "promptTokens">,
): RequestFacts {
  return {
    ...body,
    ...resolved,
    requestedModel: body.model,
    requestId: incoming.requestId,
    dialect: voice.dialect,
    path: incoming.path,
    client: incoming.client,
    arrivedAt: incoming.arrivedAt,
  };
}

function aliasEdits(body: BodyFacts, facts: RequestFacts): readonly Edit[] {
  if (facts.model === body.model) return [];
  return [{ range: body.modelRange, replacement: JSON.stringify(facts.model), label: `model=${facts.model}` }];
}
