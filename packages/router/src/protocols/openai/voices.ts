import type { RequestKind } from "../../domain/request.ts";
import type { WireRoute } from "../../domain/wire-route.ts";
import type { RouteVoice } from "../../pipeline/incoming.ts";
import { unknownModelMessage, unpulledModelMessage } from "../ollama/encode-error.ts";
import type { RouteReader } from "../reading/route-reader.ts";
import { replyTapOf } from "../reply-tap.ts";
import { createAnswerTap } from "../tap/answer-tap.ts";
import { chatCompletionsReader } from "./chat/read-chat-completions.ts";
import { completionsReader } from "./completions/read-completions.ts";
import { readAnswerUsage } from "./embeddings/embeddings-usage.ts";
import { embeddingsReader } from "./embeddings/read-embeddings.ts";
import { encodeError, encodeStreamError } from "./encode-error.ts";
import { imageGenerationsReader } from "./images/read-image-generations.ts";
import { encodeStreamError as encodeResponsesError } from "./responses/encode-stream-error.ts";
import { responsesReader } from "./responses/read-responses.ts";
import { createTap as createResponsesTap } from "./responses/tap.ts";
import { createTap } from "./tap.ts";

/** Status that a failure inside a stream would have had before the first byte. */
const STREAM_FAILURE_STATUS = 502;

/** How the routes of the OpenAI dialect speak. */
export const openAiVoices = {
  chatCompletions: voiceOf("/v1/chat/completions", "chat", chatCompletionsReader),
  completions: voiceOf("/v1/completions", "generate", completionsReader),
  responses: {
    ...voiceOf("/v1/responses", "chat", responsesReader),
    streamHeaders: ["Cache-Control", "no-cache"],
    createTap: () => replyTapOf(createResponsesTap()),
    failureRecord: ({ isStream }, { closePartialRecord, nextSequence = 0 }, message) =>
      isStream ? encodeResponsesError(closePartialRecord, { message, sequence: nextSequence }) : undefined,
  },
  embeddings: {
    ...voiceOf("/v1/embeddings", "embed", embeddingsReader),
    createTap: () => replyTapOf(createAnswerTap(readAnswerUsage)),
    unknownModel: unpulledModelMessage,
  },
  imageGenerations: {
    ...voiceOf("/v1/images/generations", "image", imageGenerationsReader),
    createTap: () => replyTapOf(createAnswerTap(readAnswerUsage)),
  },
} as const satisfies Readonly<Record<string, RouteVoice>>;

function voiceOf(route: WireRoute, kind: RequestKind, { read, judge }: RouteReader): RouteVoice {
  return {
    dialect: "openai",
    kind,
    route,
    read,
    judge,
    createTap: () => replyTapOf(createTap()),
    encodeError: ({ status, message }) => encodeError(status, message),
    unknownModel: unknownModelMessage,
    // Only an event stream can tell an error after its first byte; a single JSON answer can only be cut.
    failureRecord: ({ isStream }, reading, message) =>
      isStream ? encodeStreamError(reading.closePartialRecord, { status: STREAM_FAILURE_STATUS, message }) : undefined,
  };
}
