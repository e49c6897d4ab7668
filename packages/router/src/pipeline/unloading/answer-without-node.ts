import { type Ending, endingOf } from "../answers/ending.ts";
import type { Journey } from "../journey.ts";
import { sendWhole } from "../models-on-disk/whole-answer.ts";
import type { Serving } from "../parts.ts";

/** Ollama's record for a load or an unload. */
export type EncodeEmptyLoad = (load: {
  /** The name as the client wrote it. */
  readonly model: string;
  readonly reason: "load" | "unload";
  readonly route: "/api/generate" | "/api/chat";
  /** Unix epoch ms. */
  readonly at: number;
}) => string;

/** What is answered, and who writes it. */
export interface AnswerWithoutNode {
  readonly reason: "load" | "unload";
  readonly encodeEmptyLoad: EncodeEmptyLoad;
}

/**
 * Answers a load or an unload for which no node is needed: a load where only backends have the model that have it in memory
 * all the time, an unload where it is in no memory that can be reached.
 */
export function answerWithoutNode(
  serving: Serving,
  journey: Journey,
  { reason, encodeEmptyLoad }: AnswerWithoutNode,
): Ending {
  const { parts, incoming, voice } = serving;
  const { facts } = journey;
  // Nobody is known to have it, though somebody might turn up.
  if (journey.hold.codeAfter === "HERD_MODEL_NOT_FOUND") return endingOf.unknownModel(serving, facts.model, journey);
  const route = voice.route === "/api/chat" ? "/api/chat" : "/api/generate";
  const body = encodeEmptyLoad({ model: facts.requestedModel, reason, route, at: parts.epochNow() });
  sendWhole(incoming, { status: 200, content: { type: "application/json; charset=utf-8", body } });
  return { outcome: { kind: "completed", hasOutput: true }, status: 200, journey };
}
