import type { Draft } from "../reading/draft.ts";
import {
  readFallbackModels,
  readKeepAlive,
  readMetadata,
  readName,
  readNullableStream,
  readThink,
  readTools,
  readTopLogprobs,
  readUser,
} from "../reading/fields.ts";
import { readOptions } from "../reading/options-field.ts";
import { createReader } from "./create-reader.ts";
import { readMessages } from "./messages-field.ts";
import { refuse } from "./refuse.ts";
import { chatType } from "./request-types.ts";

/** Bodies of `/api/chat`. Without messages they ask for a load, or with a `keep_alive` of zero for an unload. */
export const { read: readChat, judge: judgeChat } = createReader({
  fields: {
    model: readName("model"),
    messages: readMessages,
    stream: readNullableStream,
    tools: readTools,
    think: readThink,
    options: readOptions,
    keep_alive: readKeepAlive,
    top_logprobs: readTopLogprobs,
    metadata: readMetadata,
    user: readUser,
    fallback_models: readFallbackModels,
  },
  type: chatType,
  nameField: (draft) => draft.model,
  refuseMissing: () => refuse(400, "model is required"),
  kind: (draft) => (draft.hasPrompt ? "chat" : loadKind(draft)),
  isStreamByDefault: true,
});

const loadKind = (draft: Draft): "load" | "unload" => (draft.keepAlive === "zero" ? "unload" : "load");
