import type { RouteVoice } from "../../pipeline/incoming.ts";
import { unknownModelMessage } from "../ollama/encode-error.ts";
import { replyTapOf } from "../reply-tap.ts";
import { encodeError, encodeStreamError } from "./encode-error.ts";
import { judgeChatCompletions, readChatCompletions } from "./read-chat-completions.ts";
import { createTap } from "./tap.ts";

/** Status that a failure inside a stream would have had before the first byte. */
const STREAM_FAILURE_STATUS = 502;

/** How `/v1/chat/completions` speaks. */
export const chatCompletionsVoice: RouteVoice = {
  dialect: "openai",
  kind: "chat",
  read: readChatCompletions,
  judge: judgeChatCompletions,
  createTap: () => replyTapOf(createTap()),
  encodeError: ({ status, message }) => encodeError(status, message),
  unknownModel: unknownModelMessage,
  // Only an event stream can tell an error after its first byte; a single JSON answer can only be cut.
  failureRecord: ({ isStream }, reading, message) =>
    isStream ? encodeStreamError(reading.closePartialRecord, { status: STREAM_FAILURE_STATUS, message }) : undefined,
};
