import type { RouteVoice } from "../../pipeline/incoming.ts";
import { unknownModelMessage } from "../ollama/encode-error.ts";
import { replyTapOf } from "../reply-tap.ts";
import { encodeError, encodeStreamError } from "./encode-error.ts";
import { createMessagesReader, type NewErrorId } from "./read-messages.ts";
import { createTap } from "./tap.ts";

/** Status that a failure inside a stream would have had before the first byte. */
const STREAM_FAILURE_STATUS = 502;

/** How `/v1/messages` speaks. Error bodies carry an id of their own form, as Ollama's do; the router's is in a header. */
export const createMessagesVoice = (newErrorId: NewErrorId): RouteVoice => ({
  ...createMessagesReader({ newErrorId, needsLimit: true }),
  dialect: "anthropic",
  kind: "chat",
  route: "/v1/messages",
  streamHeaders: ["Cache-Control", "no-cache"],
  createTap: () => replyTapOf(createTap()),
  encodeError: ({ status, message }) => encodeError({ status, message, requestId: newErrorId() }),
  unknownModel: unknownModelMessage,
  // Only an event stream can tell an error after its first byte; a single JSON answer can only be cut.
  failureRecord: ({ isStream }, reading, message) =>
    isStream
      ? encodeStreamError(reading.closePartialRecord, {
          status: STREAM_FAILURE_STATUS,
          message,
          requestId: newErrorId(),
        })
      : undefined,
});
