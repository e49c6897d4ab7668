import type { WireRoute } from "../../../domain/wire-route.ts";
import { createChatStream, createChatWhole } from "../client-replies/chat-completions-reply.ts";
import { createCompletionStream, createCompletionWhole } from "../client-replies/completions-reply.ts";
import { createMessageStream } from "../client-replies/messages-stream.ts";
import { createMessageWhole } from "../client-replies/messages-whole.ts";
import { createNativeStream, createNativeWhole } from "../client-replies/native-reply.ts";
import { createResponseStream } from "../client-replies/responses-stream.ts";
import { createResponseWhole } from "../client-replies/responses-whole.ts";
import type { DecodeRequest, ReplyEncoder, ReplyHeading } from "../neutral.ts";
import { decodeChatCompletion } from "./chat-completions-request.ts";
import { decodeCompletion } from "./completions-request.ts";
import { decodeMessages } from "./messages-request.ts";
import { decodeNativeChat, decodeNativeGenerate } from "./native-request.ts";
import { decodeResponse } from "./responses-request.ts";

/** The routes of clients that are translated as conversations or completions. */
export type ClientRoute = Exclude<
  WireRoute,
  "/api/embed" | "/api/embeddings" | "/v1/embeddings" | "/v1/audio/transcriptions" | "/v1/images/generations"
>;

/** How one route of a client is read and answered. */
export interface ClientDialect {
  readonly decode: DecodeRequest;
  readonly createStream: (heading: ReplyHeading) => ReplyEncoder;
  readonly createWhole: (heading: ReplyHeading) => ReplyEncoder;
}

/** Every route's reader and writers; requests are read and replies written as Ollama 0.24 does it. */
export const clientDialects: Readonly<Record<ClientRoute, ClientDialect>> = {
  "/api/chat": {
    decode: decodeNativeChat,
    createStream: createNativeStream("/api/chat"),
    createWhole: createNativeWhole("/api/chat"),
  },
  "/api/generate": {
    decode: decodeNativeGenerate,
    createStream: createNativeStream("/api/generate"),
    createWhole: createNativeWhole("/api/generate"),
  },
  "/v1/chat/completions": {
    decode: decodeChatCompletion,
    createStream: createChatStream,
    createWhole: createChatWhole,
  },
  "/v1/completions": {
    decode: decodeCompletion,
    createStream: createCompletionStream,
    createWhole: createCompletionWhole,
  },
  "/v1/responses": { decode: decodeResponse, createStream: createResponseStream, createWhole: createResponseWhole },
  "/v1/messages": { decode: decodeMessages, createStream: createMessageStream, createWhole: createMessageWhole },
};
