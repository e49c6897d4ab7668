import type { RequestKind } from "../../domain/request.ts";
import type { RouteVoice } from "../../pipeline/incoming.ts";
import { replyTapOf } from "../reply-tap.ts";
import type { NativeReader } from "./create-reader.ts";
import { encodeError, encodeStreamError, unknownModelMessage } from "./encode-error.ts";
import { createPullTap } from "./pull/pull-tap.ts";
import { pullReader } from "./pull/read-pull.ts";
import { judgeChat, readChat } from "./read-chat.ts";
import { judgeGenerate, readGenerate } from "./read-generate.ts";
import { judgeShow, readShow } from "./read-show.ts";
import { createTap } from "./tap.ts";

/** How `/api/chat`, `/api/generate` and `/api/show` speak. */
export const ollamaVoices = {
  chat: voiceOf("chat", { read: readChat, judge: judgeChat }),
  generate: voiceOf("generate", { read: readGenerate, judge: judgeGenerate }),
  show: voiceOf("show", { read: readShow, judge: judgeShow }),
  pull: pullVoice(),
} as const;

function pullVoice(): RouteVoice {
  return {
    ...voiceOf("pull", pullReader),
    createTap: createPullTap,
    failureRecord: ({ isStream }, reading, message) =>
      isStream ? encodeStreamError(reading.closePartialRecord, message) : undefined,
  };
}

function voiceOf(routeKind: RequestKind, { read, judge }: NativeReader): RouteVoice {
  return {
    dialect: "ollama",
    kind: routeKind,
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
