import type { RouteVoice } from "../../../pipeline/incoming.ts";
import type { RouteReader } from "../../reading/route-reader.ts";
import { replyTapOf } from "../../reply-tap.ts";
import { createAnswerTap } from "../../tap/answer-tap.ts";
import { encodeError, unpulledModelMessage } from "../encode-error.ts";
import { readEmbedUsage } from "./embed-usage.ts";

/** How the two native routes of embeddings speak: one JSON answer each, which after its first byte can only be cut. */
export const embedVoice = (route: "/api/embed" | "/api/embeddings", { read, judge }: RouteReader): RouteVoice => ({
  dialect: "ollama",
  kind: "embed",
  route,
  read,
  judge,
  createTap: () => replyTapOf(createAnswerTap(readEmbedUsage)),
  encodeError: ({ status, message }) => encodeError(status, message),
  unknownModel: unpulledModelMessage,
  failureRecord: () => undefined,
});
