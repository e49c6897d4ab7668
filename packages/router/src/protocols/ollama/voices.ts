import type { RequestKind } from "../../domain/request.ts";
import type { RouteVoice } from "../../pipeline/incoming.ts";
import type { RouteReader } from "../reading/route-reader.ts";
import { replyTapOf } from "../reply-tap.ts";
import { embedVoice } from "./embed/embed-voice.ts";
import { embeddingsReader, embedReader } from "./embed/read-embed.ts";
import { encodeError, encodeStreamError, unknownModelMessage } from "./encode-error.ts";
import { createPullTap } from "./pull/pull-tap.ts";
import { pullReader } from "./pull/read-pull.ts";
import { judgeChat, readChat } from "./read-chat.ts";
import { judgeGenerate, readGenerate } from "./read-generate.ts";
import { judgeShow, readShow } from "./read-show.ts";
import { createTap } from "./tap.ts";

/** How Ollama's native routes speak. */
export const ollamaVoices = {
  chat: { ...voiceOf("chat", { read: readChat, judge: judgeChat }), route: "/api/chat" },
  generate: { ...voiceOf("generate", { read: readGenerate, judge: judgeGenerate }), route: "/api/generate" },
  embed: embedVoice("/api/embed", embedReader),
  embeddings: embedVoice("/api/embeddings", embeddingsReader),
  show: voiceOf("show", { read: readShow, judge: judgeShow }),
  pull: pullVoice(),
} as const satisfies Readonly<Record<string, RouteVoice>>;

function pullVoice(): RouteVoice {
  return {
    ...voiceOf("pull", pullReader),
    createTap: createPullTap,
    failureRecord: ({ isStream }, reading, message) =>
      isStream ? encodeStreamError(reading.closePartialRecord, message) : undefined,
  };
}

function voiceOf(routeKind: RequestKind, { read, judge }: RouteReader): RouteVoice {
  return {
    dialect: "ollama",
    kind: routeKind,
    route: undefined,
    read,
    judge,
    createTap: () => replyTapOf(createTap()),
    encodeError: ({ status, message }) => encodeError(status, message),
    unknownModel: unknownModelMessage,
    // Only a stream of records can tell an error after its first byte; a single JSON answer can only be cut.
    failureRecord: ({ isStream, kind }, reading, message) =>
      isStream && (kind === "chat" || kind === "generate")
        ? encodeStreamError(reading.closePartialRecord, message)
        : undefined,
  };
}
